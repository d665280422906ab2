import fc from "fast-check";
import { expect, it } from "vitest";
import { parseExactJson, printExactJson } from "./exact-json.ts";

it("gives money back exactly, wherever it stands", () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.bigInt(),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      tie("list"),
      tie("map"),
    ),
    list: fc.array(tie("value"), { maxLength: 4 }),
    map: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  })).map;
  fc.assert(
    fc.property(value, (content) => {
      expect(parseExactJson(printExactJson(content))).toEqual(content);
    }),
  );
});

it("leaves what only looks like money as it is", () => {
  for (const text of ['{"$bigint":"x"}', '{"$bigint":1}', '{"$bigint":"1","b":2}']) {
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  }
});
