import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { candidateBody, toCandidateBody } from "../bodies/route-body.ts";
import type { Larder } from "../larder.ts";
import { readJsonBody } from "../request/json-body.ts";
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

export function quoteRoutes({ router }: Larder, limits: ApiLimits) {
  const request = z.strictObject({
    input_tokens: z.int().min(0).max(tokensMax),
    output_tokens: z.int().min(0).max(tokensMax),
    needs: needsSchema.default([]),
    task: z
      .enum(["answering", "json"])
      .optional()
      .describe("Expects the output that was observed of each model at it, instead of `output_tokens`."),
    policy: policySchema,
  });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const quote = createRoute({
    method: "post",
    path: "/v1/quote",
    tags: ["Models"],
    summary: "What a request would cost at each model, or why it is out",
    request: { body: jsonBody(request) },
    responses: { 200: reply("Every candidate. Nothing is sent.", quoteBody), ...problems(413, 415) },
  });

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
    const policy = toPolicy(value.policy);
    requireKnownModels(policy, router);
    const { candidates, priceBookId } = router.quote(shape, policy);
    return c.json({ candidates: candidates.map(toCandidateBody), price_book: priceBookId }, 200);
  });
}
