import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { Larder } from "../larder.ts";
import { problems, reply } from "./route-parts.ts";

const auditBody = z
  .object({
    knowledge_base_id: z.string(),
    outcome: z
      .enum(["sound", "damaged", "unsettled", "unavailable"])
      .describe(
        "damaged: it is being made anew. unsettled: documents came and went all the while, so nothing can be said.",
      ),
    vectors: z.int().nullable().describe("That the database holds; null where nothing could be compared."),
    samples: z.int().nullable().describe("Vectors that were compared with those of the database."),
    recall_at_10: z.number().nullable().describe("Mean of sampled searches against comparing with every vector."),
    problems: z.array(z.string()),
  })
  .openapi("IndexAudit");

const audit = createRoute({
  method: "post",
  path: "/v1/index/audits",
  tags: ["Operation"],
  summary: "Compare the vector index with the database",
  description:
    "Every knowledge base, one after the other: counts, up to 1,000 vectors, the recall of up to 100 searches. Takes about " +
    "a second for each, more for large ones. What differs is made anew in the background.",
  responses: { 200: reply("One for each knowledge base.", z.object({ data: z.array(auditBody) })), ...problems() },
});

export function indexAuditRoutes({ indexUpkeep }: Pick<Larder, "indexUpkeep">) {
  return createRouter().openapi(audit, async (c) => {
    const reports = await indexUpkeep.audit(c.get("call"));
    const data = reports.map(({ knowledgeBaseId, outcome, vectors, samples, recall, problems: found }) => ({
      ...{ knowledge_base_id: knowledgeBaseId, outcome },
      ...{ vectors: vectors ?? null, samples: samples ?? null, recall_at_10: recall ?? null, problems: [...found] },
    }));
    return c.json({ data }, 200);
  });
}
