import fc from "fast-check";
import type { Operation, PropertySchema } from "../read-operations.ts";
import { badFilters } from "./bad-filters.ts";
import type { BadRequests, Targets } from "./bad-request.ts";
import { createSend, jsonHeaders } from "./bad-request.ts";

export interface JsonLimits {
  readonly jsonBytesMax: number;
  readonly textJsonBytesMax: number;
}

/** JSON bodies that are none, are not what the schema says, or come with headers that do not suit them. */
export function badJson({ operations, ids }: Targets, limits: JsonLimits): BadRequests {
  const withJson = operations.filter((operation) => operation.json !== undefined);
  const json = fc.constantFrom(...withJson);
  const toJson = createSend(ids);

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
  const withFilter = withJson.filter((operation) => operation.json?.properties.filter !== undefined);
  const wrongFilters = fc
    .tuple(fc.constantFrom(...withFilter), badFilters())
    .map(([operation, filter]) => toJson("filter", operation, JSON.stringify({ ...sampleOf(operation), filter })));

  return [
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
  ];
}

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
