import { createRoute, z } from "@hono/zod-openapi";
import type { BudgetScope } from "@larder/contracts";
import { isCallerKeyId } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { candidateBody, toCandidateBody } from "../bodies/route-body.ts";
import type { Larder } from "../larder.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import { readJsonBody } from "../request/json-body.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import { needsSchema, policySchema, toPolicy } from "../request/request-schemas.ts";
import { requireKnownModels } from "../request/require-known-models.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const tokensMax = 100_000_000; // far above any window; sums of money stay exact all the same

const quoteBody = z
  .object({
    candidates: z.array(candidateBody).describe("Eligible ones first, cheapest first."),
    price_book: z.string(),
  })
  .openapi("Quote");

export function quoteRoutes({ router, store, answerPolicy }: Larder, limits: ApiLimits) {
  const request = z.strictObject({
    input_tokens: z.int().min(0).max(tokensMax),
    output_tokens: z.int().min(0).max(tokensMax),
    needs: needsSchema.default([]),
    task: z
      .enum(["answering", "json"])
      .optional()
      .describe("Expects the output that was observed of each model at it, instead of `output_tokens`."),
    knowledge_base: z
      .string()
      .max(64)
      .optional()
      .describe("Whose budgets pay, by id, as for a question to it; the default quality of answers then holds too."),
    key: z
      .string()
      .refine(isCallerKeyId, "must be a scope such as key_…, as GET /v1/budgets tells it")
      .optional()
      .describe("The API key whose budgets pay, as a scope. Absent: the key that asks."),
    policy: policySchema,
  });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const quote = createRoute({
    method: "post",
    path: "/v1/quote",
    tags: ["Models"],
    summary: "What a request would cost at each model, or why it is out",
    description:
      "Models that the budgets have no room for now are out as `budget_exhausted`: of the total, of the key, and of the " +
      "knowledge base where one is named. Nothing is reserved; calls under way may give money back.",
    request: { body: jsonBody(request) },
    responses: { 200: reply("Every candidate. Nothing is sent.", quoteBody), ...problems(404, 413, 415) },
  });

  const payersOf = async (c: ApiContext, sent: z.output<typeof request>): Promise<readonly BudgetScope[]> => {
    const { knowledge_base: kb, key = callerKeyOf(c) } = sent;
    const keys = key !== undefined && isCallerKeyId(key) ? [key] : [];
    if (kb === undefined) return keys;
    const { id } = await store.knowledgeBase(knowledgeBaseIdOf(kb), c.get("call"));
    return [id, ...keys];
  };

  return createRouter().openapi(quote, async (c) => {
    const { value } = await readJsonBody(c, request, bodyLimits);
    const shape = {
      inputTokens: value.input_tokens,
      stablePrefixTokens: 0,
      outputTokensMax: value.output_tokens,
      outputTokensExpected: value.output_tokens,
      needs: value.needs,
      ...(value.task !== undefined && { task: value.task }),
    };
    const sent = toPolicy(value.policy);
    requireKnownModels(sent, router);
    const policy = value.knowledge_base === undefined ? sent : answerPolicy(sent);
    const payers = await payersOf(c, value);
    const { candidates, priceBookId } = await router.quoteWithin(shape, policy, payers, c.get("call"));
    return c.json({ candidates: candidates.map(toCandidateBody), price_book: priceBookId }, 200);
  });
}
