import { z } from "@hono/zod-openapi";
import type { FilterField, FilterValue, SearchFilter } from "@larder/contracts";
import { parseInstant } from "@larder/contracts";
import { filterKey } from "./filter-key.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], "must be a text, number, boolean or null");
const wholeValue = "must be a text, number, boolean, null or a list of them";
const orderedValue = "must be a number, a date such as 2026-03-01T09:30Z, or another text";
const knownTypes =
  "must be one of and, or, not, eq, ne, in, not_in, gt, gte, lt, lte, exists, contains; " +
  'such as {"type": "eq", "key": "metadata.team", "value": "search"}';

/** One node of a filter as it is sent: `type` says which kind, conditions compare `key` with `value`. */
export function filterNode(limits: { readonly filterListMax: number }): z.ZodType<SearchFilter> {
  const list = z
    .array(scalar, "must be a list")
    .max(limits.filterListMax, `has more than ${limits.filterListMax} values`);
  const node: z.ZodType<SearchFilter> = z.lazy(() =>
    z.discriminatedUnion("type", [junction, negation, equality, membership, order, existence, containment], knownTypes),
  );
  const junction = z
    .strictObject({ type: z.enum(["and", "or"]), filters: z.array(node).min(1, "needs at least one node") })
    .transform(({ type, filters }): SearchFilter => ({ kind: type, filters }));
  const negation = z
    .strictObject({ type: z.literal("not"), filter: node })
    .transform(({ filter }): SearchFilter => ({ kind: "not", filter }));
  const equality = z
    .strictObject({ type: z.enum(["eq", "ne"]), key: filterKey, value: z.union([scalar, list], wholeValue) })
    .superRefine(({ key, value }, context) => requireKind(context, key, [value]))
    .transform(({ type, key, value }): SearchFilter => ({ kind: type, field: key, value }));
  const membership = z
    .strictObject({ type: z.enum(["in", "not_in"]), key: filterKey, value: list })
    .superRefine(({ key, value }, context) => requireKind(context, key, value))
    .transform(({ type, key, value }): SearchFilter => ({ kind: type, field: key, values: value }));
  const order = z
    .strictObject({
      type: z.enum(["gt", "gte", "lt", "lte"]),
      key: filterKey,
      value: z.union([z.string(), z.number()], orderedValue),
    })
    .superRefine(({ key, value }, context) => requireKind(context, key, [value]))
    .transform(({ type, key, value }): SearchFilter => ({ kind: type, field: key, value }));
  const existence = z
    .strictObject({ type: z.literal("exists"), key: filterKey, value: z.boolean().default(true) })
    .transform(({ key, value }): SearchFilter => ({ kind: "exists", field: key, isPresent: value }));
  const containment = z
    .strictObject({ type: z.literal("contains"), key: filterKey, value: scalar })
    .superRefine(({ key, value }, context) => {
      const isTextual = key.kind === "metadata" || kindOfFact[key.fact] === "a text";
      if (isTextual) requireKind(context, key, [value]);
      else context.addIssue({ code: "custom", path: ["key"], message: "has no parts that it could contain" });
    })
    .transform(({ key, value }): SearchFilter => ({ kind: "contains", field: key, value }));
  return node;
}

const kindOfFact = {
  id: "a text",
  externalId: "a text",
  title: "a text",
  mediaType: "a text",
  createdAt: "a date such as 2026-03-01 or 2026-03-01T09:30:00Z",
  bytes: "a number",
} as const;

/** Metadata may hold anything. Of a fact the kind is known: what could never be true is told, not searched for. */
function requireKind(context: z.RefinementCtx, field: FilterField, values: readonly FilterValue[]): void {
  if (field.kind === "metadata") return;
  const kind = kindOfFact[field.fact];
  if (!values.every((value) => isOfKind(kind, value))) {
    context.addIssue({ code: "custom", path: ["value"], message: `must be ${kind}` });
  }
}

function isOfKind(kind: (typeof kindOfFact)[keyof typeof kindOfFact], value: FilterValue): boolean {
  if (kind === "a number") return typeof value === "number";
  return typeof value === "string" && (kind === "a text" || parseInstant(value) !== undefined);
}
