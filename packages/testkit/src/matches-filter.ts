import type {
  FilterCondition,
  FilterField,
  FilterScalar,
  FilterValue,
  JsonValue,
  SearchFilter,
  StoredDocument,
} from "@larder/contracts";
import { parseInstant } from "@larder/contracts";

/** `undefined` where the field is missing. */
type Found = JsonValue | Date | undefined;

/** The words of `SearchFilter` as plain code over one document: what any store's answer is compared with. */
export function matchesFilter(filter: SearchFilter, document: StoredDocument): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((each) => matchesFilter(each, document));
    case "or":
      return filter.filters.some((each) => matchesFilter(each, document));
    case "not":
      return !matchesFilter(filter.filter, document);
    default:
      return holds(filter, fieldOf(filter.field, document));
  }
}

function holds(condition: FilterCondition, found: Found): boolean {
  switch (condition.kind) {
    case "eq":
      return isSame(found, condition.value);
    case "ne":
      return !isSame(found, condition.value);
    case "in":
      return condition.values.some((value) => isSame(found, value));
    case "not_in":
      return !condition.values.some((value) => isSame(found, value));
    case "exists":
      return condition.isPresent === (found !== undefined);
    case "contains":
      return contains(found, condition.value);
    default:
      return isInOrder(condition.kind, compare(found, condition.value));
  }
}

function fieldOf(field: FilterField, document: StoredDocument): Found {
  if (field.kind === "document") {
    return field.fact === "createdAt" ? new Date(document.createdAtMs) : document[field.fact];
  }
  let value: JsonValue | undefined = document.metadata;
  for (const name of field.path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, name) ? (value as Readonly<Record<string, JsonValue>>)[name] : undefined;
  }
  return value;
}

function isSame(found: Found, value: FilterValue): boolean {
  const instant = instantOf(value);
  if (instant !== undefined) return instantOf(found) === instant;
  if (Array.isArray(found) && Array.isArray(value)) {
    return found.length === value.length && found.every((element, i) => element === value[i]);
  }
  return found === value;
}

function contains(found: Found, value: FilterScalar): boolean {
  if (Array.isArray(found)) return found.some((element) => isSame(element, value));
  return typeof found === "string" && typeof value === "string" && found.includes(value);
}

/** Below, at or above zero; `undefined` where there is no order. */
function compare(found: Found, value: string | number): number | undefined {
  if (typeof found === "number" && typeof value === "number") return found < value ? -1 : found > value ? 1 : 0;
  if (typeof value !== "string") return undefined;
  const [foundInstant, instant] = [instantOf(found), parseInstant(value)];
  if (instant !== undefined) return foundInstant === undefined ? undefined : foundInstant - instant;
  return typeof found === "string" ? Buffer.compare(Buffer.from(found), Buffer.from(value)) : undefined; // by code point
}

function instantOf(value: Found): number | undefined {
  if (value instanceof Date) return value.getTime();
  return typeof value === "string" ? parseInstant(value) : undefined;
}

function isInOrder(kind: "gt" | "gte" | "lt" | "lte", order: number | undefined): boolean {
  if (order === undefined) return false;
  if (order === 0) return kind === "gte" || kind === "lte";
  return order > 0 === kind.startsWith("gt");
}
