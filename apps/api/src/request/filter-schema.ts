import { z } from "@hono/zod-openapi";
import type { SearchFilter } from "@larder/contracts";
import { isId } from "@larder/contracts";
import type { ApiLimits } from "../api-settings.ts";
import { toBodySchema } from "../routes/route-parts.ts";
import { filterNode } from "./filter-node.ts";

type FilterLimits = Pick<ApiLimits, "filterDepthMax" | "filterConditionsMax" | "filterListMax">;

/** The first form of `filter`. Ids that have not the shape of one match nothing, as unknown ones do. */
const documentIds = z
  .strictObject({ document_ids: z.array(z.string().max(64)).max(1_000).optional() })
  .transform(({ document_ids: ids }): SearchFilter | undefined => {
    const values = ids?.filter((id) => isId("document", id));
    return values === undefined ? undefined : { kind: "in", field: { kind: "document", fact: "id" }, values };
  });

/** `filter` of a search or a question: a node, or `{"document_ids": […]}`. An empty object lets everything through. */
export function filterSchema(limits: FilterLimits) {
  const node = filterNode(limits).superRefine((filter, context) => {
    const { conditions, depth } = measure(filter);
    for (const [isPassed, reason] of [
      [conditions > limits.filterConditionsMax, `has more than ${limits.filterConditionsMax} conditions`],
      [depth > limits.filterDepthMax, `nests and, or and not deeper than ${limits.filterDepthMax} levels`],
    ] as const) {
      if (isPassed) context.addIssue(reason);
    }
  });
  return z
    .looseObject({})
    .transform((sent, context): SearchFilter | undefined => {
      const isNode = Object.keys(sent).length > 0 && !Object.hasOwn(sent, "document_ids");
      const parsed = (isNode ? node : documentIds).safeParse(sent);
      if (parsed.success) return parsed.data;
      for (const { path, message } of parsed.error.issues.flatMap(told)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
      return z.NEVER;
    })
    .optional()
    .meta({
      description: "Only passages of documents of which this is true. docs/guides/filters.md has examples.",
      anyOf: [reference, toBodySchema(documentIds)],
    });
}

function told(issue: z.core.$ZodIssue): readonly Pick<z.core.$ZodIssue, "path" | "message">[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is not known" }));
}

function measure(filter: SearchFilter): { readonly conditions: number; readonly depth: number } {
  if (!("filters" in filter) && !("filter" in filter)) return { conditions: 1, depth: 0 };
  const inner = ("filters" in filter ? filter.filters : [filter.filter]).map(measure);
  return {
    conditions: inner.reduce((sum, { conditions }) => sum + conditions, 0),
    depth: 1 + Math.max(...inner.map(({ depth }) => depth)),
  };
}

const nodeName = "SearchFilter";
const reference = { $ref: `#/components/schemas/${nodeName}` };

/** The node's schema for the OpenAPI document, by a name because it refers to itself. */
export function filterComponent(limits: FilterLimits): { readonly name: string; readonly schema: object } {
  const registry = z.registry<{ id: string }>();
  registry.add(filterNode(limits), { id: nodeName });
  const uri = () => reference.$ref;
  const { schemas } = z.toJSONSchema(registry, { io: "input", unrepresentable: "any", uri });
  const { $schema: _, $id: __, ...schema } = schemas[nodeName] ?? {};
  return { name: nodeName, schema };
}
