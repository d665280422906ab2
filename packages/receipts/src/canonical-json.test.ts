import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

it("prints the example of RFC 8785 as the RFC does", () => {
  const value: unknown = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  );
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

it("orders names by UTF-16 code units, as section 3.2.3 of the RFC does", () => {
  const names = ["€", "\r", "\ufb33", "1", "😀", "\u0080", "ö"];
  const sorted = ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"];
  const printed = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  expect(Object.keys(JSON.parse(printed)).filter((name) => name !== "1")).toEqual(
    sorted.filter((name) => name !== "1"),
  );
  expect(printed.indexOf('"1"')).toBe(printed.indexOf('"\\r"') + 7);
});

it("is one text for one value, whoever printed it and in whatever order", () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, member]) => [name, shuffled(member)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(JSON.parse(JSON.stringify(value, null, 2)))).toBe(text);
      expect(canonicalJson(shuffled(JSON.parse(text)))).toBe(text);
    }),
  );
});

it("leaves out what is undefined, and gives money the form that it is stored in", () => {
  expect(canonicalJson({ cost: -12n, gone: undefined })).toBe('{"cost":{"$bigint":"-12"}}');
  expect(canonicalJson([Number.NaN, -0])).toBe("[null,0]");
  expect(() => canonicalJson({ f: () => 1 })).toThrow(TypeError);
});
