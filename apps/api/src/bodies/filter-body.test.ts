import type { SearchFilter } from "@larder/contracts";
import { expect, it } from "vitest";
import { filterNode } from "../request/filter-node.ts";
import { toFilterBody } from "./filter-body.ts";

const team = { kind: "metadata", path: ["a.b", "team"] } as const;
const created = { kind: "document", fact: "createdAt" } as const;

it.each<SearchFilter>([
  { kind: "eq", field: team, value: ["x", 1, null] },
  { kind: "ne", field: team, value: null },
  { kind: "in", field: { kind: "document", fact: "id" }, values: ["doc_1"] },
  { kind: "not_in", field: team, values: [] },
  { kind: "gte", field: created, value: "2026-03-01" },
  { kind: "exists", field: team, isPresent: false },
  { kind: "contains", field: { kind: "document", fact: "externalId" }, value: "x" },
  { kind: "and", filters: [{ kind: "not", filter: { kind: "or", filters: [{ kind: "lt", field: team, value: 2 }] } }] },
])("is what the same filter may be sent as: $kind", (filter) => {
  expect(filterNode({ filterListMax: 10 }).parse(toFilterBody(filter))).toEqual(filter);
});
