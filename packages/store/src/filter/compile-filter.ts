import type { FilterCondition, FilterScalar, FilterValue, SearchFilter } from "@larder/contracts";
import { parseInstant, unreachable } from "@larder/contracts";
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { FieldSql } from "./field-sql.ts";
import { toFieldSql } from "./field-sql.ts";

const isTrue = sql`1`;
const isFalse = sql`0`;

/**
 * A filter as one SQL expression beside a row of `document_versions`. It is 1 or 0, never NULL, so that `not` is plain
 * negation. Whatever a caller sent is a bound parameter: of his input only the shape is in the text.
 */
export function compileFilter(filter: SearchFilter): SQL {
  switch (filter.kind) {
    case "and":
      return filter.filters.length === 0 ? isTrue : joined(filter.filters.map(compileFilter), " and ");
    case "or":
      return anyOf(filter.filters.map(compileFilter));
    case "not":
      return sql`(not ${compileFilter(filter.filter)})`;
    default:
      return compileCondition(filter, toFieldSql(filter.field));
  }
}

function compileCondition(condition: FilterCondition, field: FieldSql): SQL {
  const { ofAny = (one: SQL) => one } = field;
  switch (condition.kind) {
    case "eq":
      return ofAny(isOneOf(field, [condition.value]));
    case "ne":
      return sql`(not ${ofAny(isOneOf(field, [condition.value]))})`;
    case "in":
      return ofAny(isOneOf(field, condition.values));
    case "not_in":
      return sql`(not ${ofAny(isOneOf(field, condition.values))})`;
    case "exists":
      return condition.isPresent ? ofAny(sql`(${field.isPresent})`) : sql`(not ${ofAny(sql`(${field.isPresent})`)})`;
    case "contains":
      return ofAny(contains(field, condition.value));
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return ofAny(isInOrder(field, condition.kind, condition.value));
    default:
      return unreachable(condition);
  }
}

/** Dates by their instant, all else by identity. */
function isOneOf(field: FieldSql, values: readonly FilterValue[]): SQL {
  const instants = values.map(instantOf).filter((instant) => instant !== undefined);
  const others = values.filter((value) => instantOf(value) === undefined);
  const identities = others.map((value) => field.identityOf(value)).filter((identity) => identity !== undefined);
  return anyOf([...isAmong(field.identity, identities), ...isAmong(field.instantMs, instants)]);
}

function isAmong(value: SQL, list: readonly (string | number)[]): readonly SQL[] {
  if (list.length === 0) return [];
  if (list.length === 1) return [sql`(${value} is ${list[0]})`];
  const listed = sql`(select value from json_each(${JSON.stringify(list)}))`; // one parameter for lists of any length
  return [sql`coalesce(${value} in ${listed}, 0)`];
}

const orders = { gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` } as const;

function isInOrder(field: FieldSql, kind: keyof typeof orders, value: string | number): SQL {
  const instant = instantOf(value);
  const side = typeof value === "number" ? field.number : instant === undefined ? field.text : field.instantMs;
  return sql`coalesce(${side} ${orders[kind]} ${instant ?? value}, 0)`;
}

function contains(field: FieldSql, value: FilterScalar): SQL {
  const isInside = typeof value === "string" ? sql`coalesce(instr(${field.text}, ${value}) > 0, 0)` : isFalse;
  if (field.list === undefined) return isInside;
  const { json, path } = field.list;
  const isElement = sql`exists (select 1 from json_each(${json}, ${path}) as element where ${isSameElement(value)})`;
  return sql`(case json_type(${json}, ${path}) when 'array' then ${isElement} when 'text' then ${isInside} else 0 end)`;
}

function isSameElement(value: FilterScalar): SQL {
  if (value === null) return sql`element.type = 'null'`;
  if (typeof value === "boolean") return sql`element.type = ${String(value)}`;
  if (typeof value === "number") {
    return sql`element.type in ('integer', 'real') and cast(element.value as real) = ${value}`;
  }
  const instant = instantOf(value);
  if (instant !== undefined) return sql`element.type = 'text' and instant_ms(element.value) = ${instant}`;
  return sql`element.type = 'text' and element.value = ${value}`;
}

function instantOf(value: FilterValue): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}

function anyOf(parts: readonly SQL[]): SQL {
  return parts.length === 0 ? isFalse : joined(parts, " or ");
}

function joined(parts: readonly SQL[], word: " and " | " or "): SQL {
  return sql`(${sql.join([...parts], sql.raw(word))})`;
}
