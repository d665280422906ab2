import fc from "fast-check";
import { badFilters } from "./generate-bad-filters.ts";
import type { Operation, PropertySchema } from "./read-operations.ts";

/** One request with one defect for which it must be refused. */
export interface BadRequest {
  readonly defect: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Limits {
  readonly jsonBytesMax: number;
  readonly textJsonBytesMax: number;
}

type Ids = Readonly<Record<string, string>>;

const jsonHeaders = { "content-type": "application/json" };
const noBody = Buffer.alloc(0);

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

export function badRequests(operations: readonly Operation[], ids: Ids, limits: Limits): fc.Arbitrary<BadRequest> {
  const pathOf = ({ template }: Operation) => template.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "none");
  const withIds = operations.filter(({ template }) => template.includes("{"));
  const withQuery = operations.filter(({ queryNames }) => queryNames.length > 0);
  const withJson = operations.filter((operation) => operation.json !== undefined);
  const withForms = operations.filter(({ takesForms }) => takesForms);
  const any = fc.constantFrom(...operations);

  const wrongMethods = fc
    .tuple(
      any,
      fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "TRACE", "MKCOL"),
    )
    .map(([operation, method]) => {
      const bad = { defect: "method", method, path: pathOf(operation), headers: {}, body: noBody };
      return operation.methodsOfPath.includes(method) ? { ...bad, method: "LINK" } : bad;
    });
  const wrongPaths = fc.tuple(any, strangeIds).map(([operation, end]) => ({
    defect: "path",
    method: operation.method,
    path: `${pathOf(operation)}/-/${end}`,
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
      const name = operation.queryNames[pick % operation.queryNames.length] ?? "limit";
      const query = fc.constantFrom(`${name}=${value}`, `${name}=1&${name}=2`, `zzz=${value}`, "__proto__[polluted]=1");
      return query.map((text) => ({
        defect: "query",
        method: operation.method,
        path: `${pathOf(operation)}?${text}`,
        ...(operation.json === undefined
          ? { headers: {}, body: noBody }
          : { headers: jsonHeaders, body: Buffer.from("{}") }),
      }));
    });

  const json = fc.constantFrom(...withJson);
  const toJson = (
    defect: string,
    operation: Operation,
    body: Buffer | string,
    headers: Record<string, string> = jsonHeaders,
  ) => ({
    defect,
    method: operation.method,
    path: pathOf(operation),
    headers,
    body: Buffer.from(body),
  });
  const wrongTypes = fc.tuple(json, fc.nat(), fc.nat()).map(([operation, pick, pickValue]) => {
    const properties = Object.entries(operation.json?.properties ?? {});
    const [name, schema] = properties[pick % properties.length] ?? ["text", {}];
    const values = valuesNotOf(schema);
    return toJson(
      "type",
      operation,
      JSON.stringify({ ...sampleOf(operation), [name]: values[pickValue % values.length] }),
    );
  });
  const notObjects = fc
    .tuple(json, fc.constantFrom("null", "[]", "5", '"text"', "true", "[{}]"))
    .map(([operation, text]) => toJson("not an object", operation, text));
  const notJson = fc
    .tuple(
      json,
      fc.constantFrom("", "{", "{'a':1}", "undefined", "NaN", "{}{}", '{"a":1,}', "\u0000", "<xml/>", "\ufeff{}x"),
    )
    .map(([operation, text]) => toJson("not json", operation, text));
  const cutJson = fc.tuple(json, fc.nat()).map(([operation, at]) => {
    const text = JSON.stringify(sampleOf(operation));
    return toJson("cut json", operation, text.slice(0, at % text.length));
  });
  const wrongBytes = fc.tuple(json, fc.uint8Array({ minLength: 1, maxLength: 30 })).map(([operation, bytes]) => {
    const body = Buffer.concat([Buffer.from('{"question":"'), Buffer.from([0xc3, 0x28]), bytes, Buffer.from('"}')]);
    return toJson("not utf-8", operation, body);
  });
  const strangeStrings = fc
    .tuple(json, fc.constantFrom('"\\ud800"', '"\\u0000"', '"\\udfff\\ud800"', '{"__proto__":{"polluted":1}}', "1e999"))
    .map(([operation, value]) =>
      toJson("strange value", operation, `{"metadata":{"a":${value}},"name":${value},"zzz":${value}}`),
    );
  const deep = fc
    .tuple(json, fc.constantFrom("[", '{"a":'))
    .map(([operation, open]) => toJson("deep", operation, open.repeat(8_000)));
  const unknown = fc
    .tuple(json, fc.constantFrom("api_base", "constructor", "toString", "$where", "x".repeat(3_000)))
    .map(([operation, name]) =>
      toJson("unknown name", operation, JSON.stringify({ ...sampleOf(operation), [name]: 1 })),
    );
  const large = json.map((operation) => {
    const bytesMax = operation.takesForms ? limits.textJsonBytesMax : limits.jsonBytesMax;
    return toJson("large", operation, JSON.stringify({ text: "x".repeat(bytesMax), name: "x" }));
  });
  const wrongContentTypes = fc
    .tuple(
      json,
      fc.constantFrom(
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "multipart/mixed; boundary=b",
        "json",
        "*/*",
      ),
    )
    .map(([operation, type]) =>
      toJson("content type", operation, JSON.stringify(sampleOf(operation)), { "content-type": type }),
    );
  const encodings = fc.tuple(json, fc.constantFrom("gzip", "br", "deflate, gzip", "zzz")).map(([operation, encoding]) =>
    toJson("encoding", operation, JSON.stringify(sampleOf(operation)), {
      ...jsonHeaders,
      "content-encoding": encoding,
    }),
  );
  const wrongKeys = fc
    .tuple(
      fc.constantFrom(
        ...withJson.filter(
          ({ method, template }) => method === "POST" && /(?:knowledge-bases|documents|\/query)$/.test(template),
        ),
      ),
      fc.constantFrom("a b", "x".repeat(300), "\u00e9"),
    )
    .map(([operation, key]) =>
      toJson("idempotency key", operation, JSON.stringify(sampleOf(operation)), {
        ...jsonHeaders,
        "idempotency-key": key,
      }),
    );
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
      path: pathOf(operation),
      headers,
      body: noBody,
    }));

  const forms = fc.constantFrom(...withForms);
  const toForm = (
    defect: string,
    operation: Operation,
    body: Buffer | string,
    type = "multipart/form-data; boundary=b",
  ) => toJson(defect, operation, body, { "content-type": type });
  const cutForms = fc
    .tuple(forms, fc.nat())
    .map(([operation, at]) => toForm("cut form", operation, wholeForm.subarray(0, at % (wholeForm.length - 4))));
  const wrongBoundaries = fc
    .tuple(
      forms,
      fc.constantFrom(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=zzz",
        `multipart/form-data; boundary=${"b".repeat(5_000)}`,
      ),
    )
    .map(([operation, type]) => toForm("boundary", operation, wholeForm, type));
  const wrongParts = fc
    .tuple(
      forms,
      fc.constantFrom(
        partOf('name="file"; filename="a.txt"', ""),
        partOf('name="metadata"', "{"),
        partOf('name="metadata"', '{"__proto__":{"polluted":1}}'),
        partOf('name="zzz"', "x"),
        partOf('name="zzz"; filename="x"', "x"),
        partOf("", "x"),
        partOf('name="metadata"', "[".repeat(5_000)),
        partOf('name="title"', "\u0000"),
        partOf('name="file"; filename="a.txt"', "x".repeat(100_001)),
        partOf('name="title"', "t").repeat(50),
        partOf('name="file"; filename="a"', "x").repeat(300),
      ),
    )
    .map(([operation, parts]) => toForm("part", operation, `${parts}--b--\r\n`));
  const withFilter = withJson.filter((operation) => operation.json?.properties.filter !== undefined);
  const wrongFilters = fc
    .tuple(fc.constantFrom(...withFilter), badFilters())
    .map(([operation, filter]) => toJson("filter", operation, JSON.stringify({ ...sampleOf(operation), filter })));

  return fc.oneof(
    wrongMethods,
    wrongPaths,
    { weight: 2, arbitrary: wrongIds },
    { weight: 2, arbitrary: wrongQueries },
    { weight: 4, arbitrary: wrongTypes },
    notObjects,
    notJson,
    cutJson,
    wrongBytes,
    strangeStrings,
    deep,
    unknown,
    { weight: 3, arbitrary: wrongFilters },
    large,
    wrongContentTypes,
    encodings,
    wrongKeys,
    foreign,
    { weight: 2, arbitrary: cutForms },
    wrongBoundaries,
    { weight: 2, arbitrary: wrongParts },
  );
}

function partOf(disposition: string, content: string): string {
  return `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}

const wholeForm = Buffer.from(
  `${partOf('name="metadata"', '{"a":1}')}${partOf('name="file"; filename="a.txt"', "plums")}--b--`,
);

/** A body that would be accepted, were it not for the defect. */
function sampleOf({ json }: Operation): Record<string, unknown> {
  const samples: Record<string, unknown> = { input_tokens: 10, output_tokens: 10 };
  const names = [...(json?.required ?? []), ...Object.keys(json?.properties ?? {}).filter((name) => name === "text")];
  return Object.fromEntries(names.map((name) => [name, samples[name] ?? "sample"]));
}

/** Values that are none of a schema's types; every number of ours is at least 0. */
function valuesNotOf({ type, anyOf, enum: options }: PropertySchema): readonly unknown[] {
  const types = new Set([type, ...(anyOf ?? []).map((part) => part.type)].flat());
  const values: unknown[] = [null];
  if (!types.has("string")) values.push("10", "", "x".repeat(200));
  else if (options !== undefined) values.push("zzz");
  if (!types.has("boolean")) values.push(true, false);
  if (!types.has("array")) values.push([], [[]], ["a"]);
  if (!types.has("object")) values.push({}, { a: { b: 1 } });
  values.push(types.has("integer") || types.has("number") ? -1 : 7);
  if (types.has("integer")) values.push(1.5, 1e300);
  return values;
}
