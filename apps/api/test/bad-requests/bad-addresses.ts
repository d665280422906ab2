import fc from "fast-check";
import type { BadRequests, Targets } from "./bad-request.ts";
import { jsonHeaders, noBody, pathOf } from "./bad-request.ts";

const strangeIds = fc.oneof(
  fc.constantFrom(
    "kb_",
    "kb_00000000000000000000",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%00",
    "%ff%fe",
    "%",
    "%zz",
    "__proto__",
    "constructor",
    "'%20OR%201=1--",
    "%F0%9F%92%A9",
    "0",
    "-1",
    "null",
    "x".repeat(5_000),
  ),
  fc.string({ minLength: 1, maxLength: 40 }).map((text) => `~${encodeURIComponent(text)}`),
);

const strangeValues = [
  ...["", "-1", "1.5", "1e9", "99999999999", "NaN", "%00", "%ff", "[]", "__proto__", "'"],
  "x".repeat(900),
];

const takesAnything = "external_id"; // the sender's own words: no value of it is bad

/** Methods, paths, ids, queries and origins that must not be served. */
export function badAddresses({ operations, ids }: Targets): BadRequests {
  const withIds = operations.filter(({ template }) => template.includes("{"));
  const withQuery = operations.filter(({ queryNames }) => queryNames.length > 0);
  const any = fc.constantFrom(...operations);

  const wrongMethods = fc
    .tuple(
      any,
      fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "TRACE", "MKCOL"),
    )
    .map(([operation, method]) => {
      const bad = { defect: "method", method, path: pathOf(operation, ids), headers: {}, body: noBody };
      return operation.methodsOfPath.includes(method) ? { ...bad, method: "LINK" } : bad;
    });
  const wrongPaths = fc.tuple(any, strangeIds).map(([operation, end]) => ({
    defect: "path",
    method: operation.method,
    path: `${pathOf(operation, ids)}/-/${end}`,
    headers: {},
    body: noBody,
  }));
  const wrongIds = fc.tuple(fc.constantFrom(...withIds), strangeIds).map(([operation, id]) => ({
    defect: "id",
    method: operation.method,
    path: operation.template.replace(/\{\w+\}/g, id.replaceAll("$", "$$$$")),
    headers: operation.json === undefined ? {} : jsonHeaders,
    body: operation.json === undefined ? noBody : Buffer.from("{}"),
  }));
  const wrongQueries = fc
    .tuple(fc.constantFrom(...withQuery), fc.constantFrom(...strangeValues), fc.nat())
    .chain(([operation, value, pick]) => {
      const names = operation.queryNames.filter((name) => name !== takesAnything);
      const name = names[pick % Math.max(1, names.length)] ?? "limit";
      const query = fc.constantFrom(`${name}=${value}`, `${name}=1&${name}=2`, `zzz=${value}`, "__proto__[polluted]=1");
      return query.map((text) => ({
        defect: "query",
        method: operation.method,
        path: `${pathOf(operation, ids)}?${text}`,
        ...(operation.json === undefined
          ? { headers: {}, body: noBody }
          : { headers: jsonHeaders, body: Buffer.from("{}") }),
      }));
    });
  const foreign = fc
    .tuple(
      any,
      fc.constantFrom<Record<string, string>>(
        { origin: "https://evil.example" },
        { origin: "null" },
        { host: "evil.example" },
        { host: "127.0.0.1.evil.example" },
      ),
    )
    .map(([operation, headers]) => ({
      defect: "foreign page",
      method: operation.method,
      path: pathOf(operation, ids),
      headers,
      body: noBody,
    }));

  return [
    wrongMethods,
    wrongPaths,
    { weight: 2, arbitrary: wrongIds },
    { weight: 2, arbitrary: wrongQueries },
    foreign,
  ];
}
