import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { searchBody, toSearchBody } from "../bodies/evidence-body.ts";
import type { Larder } from "../larder.ts";
import { filterSchema } from "../request/filter-schema.ts";
import { readJsonBody } from "../request/json-body.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import { historySchema, requireVisible, toHistory, tokenBudgetSchema } from "../request/request-schemas.ts";
import { jsonBody, knowledgeBasePath, problems, reply } from "./route-parts.ts";

export function searchRoutes({ store, retriever }: Larder, limits: ApiLimits) {
  const request = z.strictObject({
    query: z.string().max(limits.questionCharactersMax),
    history: historySchema(limits),
    limit: z
      .int()
      .min(1)
      .max(limits.searchLimitMax)
      .optional()
      .describe(`Most pieces of evidence. Given without token_budget: the best whole passages.`),
    token_budget: tokenBudgetSchema(limits.tokenBudgetMax)
      .optional()
      .describe("Most tokens of evidence, or `auto`, which is the default when no limit is given."),
    mode: z.enum(["hybrid", "dense", "lexical"]).default("hybrid"),
    filter: filterSchema(limits),
  });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const search = createRoute({
    method: "post",
    path: "/v1/knowledge-bases/{kb}/search",
    tags: ["Questions"],
    summary: "Find evidence; nothing leaves the machine",
    request: { params: knowledgeBasePath, body: jsonBody(request) },
    responses: {
      200: reply(
        "Evidence: places by their best passage, best first, their pieces in the order of the document; none is an empty list.",
        searchBody,
      ),
      ...problems(404, 413, 415),
    },
  });

  return createRouter().openapi(search, async (c) => {
    const knowledgeBaseId = knowledgeBaseIdOf(c.req.valid("param").kb);
    const call = c.get("call");
    await store.knowledgeBase(knowledgeBaseId, call);
    const { value } = await readJsonBody(c, request, bodyLimits);
    requireVisible(value.query);
    const { query: text, mode, limit = Number.MAX_SAFE_INTEGER, filter } = value;
    const tokenBudget = value.token_budget ?? (value.limit === undefined ? ("auto" as const) : undefined);
    const query = {
      ...{ knowledgeBaseId, text, mode, limit },
      ...toHistory(value.history),
      ...(tokenBudget === undefined ? {} : { tokenBudget }),
      ...(filter === undefined ? {} : { filter }),
    };
    return c.json(toSearchBody(await retriever.retrieve(query, call)), 200);
  });
}
