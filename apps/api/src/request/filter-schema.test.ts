import type { SearchFilter } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { apiLimitDefaults } from "../api-settings.ts";
import { invalidFields } from "./field-problems.ts";
import { filterSchema } from "./filter-schema.ts";

const schema = filterSchema(apiLimitDefaults);
const team = { kind: "metadata", path: ["team"] } as const;

function problemsOf(sent: unknown): readonly unknown[] {
  const parsed = schema.safeParse(sent);
  const { cause } = parsed.success ? {} : invalidFields(parsed.error, "filter");
  return cause instanceof Error && "list" in cause && Array.isArray(cause.list) ? cause.list : [];
}

describe("filterSchema reads", () => {
  const read: readonly { sent: unknown; filter: SearchFilter | undefined }[] = [
    { sent: undefined, filter: undefined },
    { sent: {}, filter: undefined },
    {
      sent: { document_ids: ["doc_0123456789", "no id"] },
      filter: { kind: "in", field: { kind: "document", fact: "id" }, values: ["doc_0123456789"] },
    },
    { sent: { document_ids: [] }, filter: { kind: "in", field: { kind: "document", fact: "id" }, values: [] } },
    {
      sent: { type: "eq", key: "metadata.team", value: "search" },
      filter: { kind: "eq", field: team, value: "search" },
    },
    {
      sent: { type: "not", filter: { type: "or", filters: [{ type: "exists", key: "metadata.team" }] } },
      filter: { kind: "not", filter: { kind: "or", filters: [{ kind: "exists", field: team, isPresent: true }] } },
    },
    {
      sent: { type: "gte", key: "document.created_at", value: "2026-03-01" },
      filter: { kind: "gte", field: { kind: "document", fact: "createdAt" }, value: "2026-03-01" },
    },
    {
      sent: { type: "in", key: ["metadata", "a.b", ""], value: [1, null, true] },
      filter: { kind: "in", field: { kind: "metadata", path: ["a.b", ""] }, values: [1, null, true] },
    },
    {
      sent: { type: "ne", key: "metadata.document.id", value: ["a", 1] },
      filter: { kind: "ne", field: { kind: "metadata", path: ["document", "id"] }, value: ["a", 1] },
    },
  ];
  it.each(read)("$sent", ({ sent, filter }) => {
    expect(schema.parse(sent)).toEqual(filter);
  });
});

describe("filterSchema refuses, and points at", () => {
  const nested = (depth: number): unknown =>
    depth === 0 ? { type: "exists", key: "metadata.a" } : { type: "not", filter: nested(depth - 1) };
  const many = (count: number) => ({ type: "or", filters: Array(count).fill(nested(0)) });
  it.each([
    { sent: [], field: "filter", reason: /object/ },
    { sent: { team: "search" }, field: "filter.type", reason: /^must be one of and, or, .* such as \{"type": "eq"/ },
    { sent: { type: "nin", key: "metadata.a", value: [] }, field: "filter.type", reason: /not_in/ },
    { sent: { document_ids: [], type: "eq" }, field: "filter.type", reason: /not known/ },
    { sent: { document_ids: "doc_1" }, field: "filter.document_ids", reason: /array/ },
    { sent: { type: "and", filters: [] }, field: "filter.filters", reason: /at least one/ },
    { sent: { type: "and", filters: [nested(0), {}] }, field: "filter.filters[1].type", reason: /one of/ },
    { sent: { type: "not", filter: 5 }, field: "filter.filter", reason: /one of/ },
    { sent: { type: "eq", key: "team", value: 1 }, field: "filter.key", reason: /metadata\.<name>/ },
    { sent: { type: "eq", key: "metadata", value: 1 }, field: "filter.key", reason: /metadata\.<name>/ },
    { sent: { type: "eq", key: "metadata..a", value: 1 }, field: "filter.key", reason: /metadata\.<name>/ },
    { sent: { type: "eq", key: ["metadata"], value: 1 }, field: "filter.key", reason: /metadata\.<name>/ },
    { sent: { type: "eq", key: "document.text", value: "a" }, field: "filter.key", reason: /document\.title/ },
    { sent: { type: "eq", key: "document.constructor", value: "a" }, field: "filter.key", reason: /document\.title/ },
    { sent: { type: "eq", key: "metadata.a", value: { b: 1 } }, field: "filter.value", reason: /or a list/ },
    { sent: { type: "eq", key: "metadata.a", value: [[1]] }, field: "filter.value", reason: /or a list/ },
    { sent: { type: "eq", key: "metadata.a" }, field: "filter.value", reason: /or a list/ },
    { sent: { type: "in", key: "metadata.a", value: 1 }, field: "filter.value", reason: /a list/ },
    { sent: { type: "in", key: "metadata.a", value: Array(1_001).fill(1) }, field: "filter.value", reason: /1000/ },
    { sent: { type: "gt", key: "metadata.a", value: true }, field: "filter.value", reason: /a number, a date/ },
    { sent: { type: "gt", key: "metadata.a", value: 1, or: 2 }, field: "filter.or", reason: /not known/ },
    { sent: { type: "exists", key: "metadata.a", value: "yes" }, field: "filter.value", reason: /boolean/ },
    { sent: { type: "gt", key: "document.bytes", value: "9" }, field: "filter.value", reason: /a number/ },
    { sent: { type: "eq", key: "document.title", value: null }, field: "filter.value", reason: /a text/ },
    { sent: { type: "lt", key: "document.created_at", value: "March" }, field: "filter.value", reason: /a date such/ },
    { sent: { type: "in", key: "document.created_at", value: [5] }, field: "filter.value", reason: /a date such/ },
    { sent: { type: "contains", key: "document.bytes", value: 5 }, field: "filter.key", reason: /no parts/ },
    { sent: { type: "contains", key: "metadata.a", value: [5] }, field: "filter.value", reason: /boolean or null/ },
    { sent: nested(9), field: "filter", reason: /deeper than 8/ },
    { sent: many(101), field: "filter", reason: /more than 100 conditions/ },
  ])("$field of $sent", ({ sent, field, reason }) => {
    expect(problemsOf(sent)).toContainEqual({ field, reason: expect.stringMatching(reason) });
  });

  it("nothing that keeps to the limits", () => {
    expect(problemsOf(nested(8))).toEqual([]);
    expect(problemsOf(many(100))).toEqual([]);
  });
});
