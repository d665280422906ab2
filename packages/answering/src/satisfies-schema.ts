type Schema = Readonly<Record<string, unknown>>;

/**
 * Whether a value satisfies a JSON Schema, by the words that answers are asked for with: type, enum, const, properties,
 * required, additionalProperties, items, minItems, maxItems, minLength, maxLength, pattern, minimum, maximum, anyOf, oneOf,
 * allOf and local `$ref`s. A word that is not known here forbids nothing: the check may miss a fault, it finds none
 * that is not there.
 */
export function satisfiesSchema(value: unknown, schema: unknown, root: unknown = schema, depth = 0): boolean {
  if (typeof schema === "boolean") return schema;
  if (!isRecord(schema) || depth > 64) return true; // deeper is a loop of references
  const check = (inner: unknown, part: unknown) => satisfiesSchema(inner, part, root, depth + 1);
  if (typeof schema.$ref === "string") {
    const target = resolve(root, schema.$ref);
    if (target !== undefined && !check(value, target)) return false;
  }
  if (schema.type !== undefined && ![schema.type].flat().some((type) => hasType(value, type))) return false;
  if (Array.isArray(schema.enum) && !schema.enum.some((each) => isSame(each, value))) return false;
  if ("const" in schema && !isSame(schema.const, value)) return false;
  if (Array.isArray(schema.allOf) && !schema.allOf.every((part) => check(value, part))) return false;
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some((part) => check(value, part))) return false;
  if (Array.isArray(schema.oneOf) && schema.oneOf.filter((part) => check(value, part)).length !== 1) return false;
  if (typeof value === "string") return fitsString(value, schema);
  if (typeof value === "number") return value >= least(schema.minimum) && value <= most(schema.maximum);
  if (Array.isArray(value)) return fitsArray(value, schema, check);
  return isRecord(value) ? fitsObject(value, schema, check) : true;
}

type Check = (value: unknown, schema: unknown) => boolean;

function fitsString(value: string, schema: Schema): boolean {
  const length = [...value].length;
  if (length < least(schema.minLength) || length > most(schema.maxLength)) return false;
  if (typeof schema.pattern !== "string") return true;
  try {
    return new RegExp(schema.pattern, "u").test(value.slice(0, 10_000));
  } catch {
    return true; // not a pattern that can be read
  }
}

function fitsArray(value: readonly unknown[], schema: Schema, check: Check): boolean {
  if (value.length < least(schema.minItems) || value.length > most(schema.maxItems)) return false;
  return schema.items === undefined || value.every((item) => check(item, schema.items));
}

function fitsObject(value: Schema, schema: Schema, check: Check): boolean {
  const required = Array.isArray(schema.required) ? schema.required : [];
  if (!required.every((name) => typeof name === "string" && Object.hasOwn(value, name))) return false;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  return Object.entries(value).every(([name, inner]) => {
    if (Object.hasOwn(properties, name)) return check(inner, properties[name]);
    return schema.additionalProperties === undefined || check(inner, schema.additionalProperties);
  });
}

function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
    case "string":
    case "boolean":
      return typeof value === type;
    default:
      return true;
  }
}

function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  const path = reference.slice(1).split("/").slice(1);
  return path.reduce<unknown>((at, key) => {
    const name = decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~");
    return isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}

const isRecord = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const least = (limit: unknown) => (typeof limit === "number" ? limit : Number.NEGATIVE_INFINITY);
const most = (limit: unknown) => (typeof limit === "number" ? limit : Number.POSITIVE_INFINITY);
