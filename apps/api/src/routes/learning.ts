import { createRoute, z } from "@hono/zod-openapi";
import { LarderError } from "@larder/contracts";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { errorBody } from "../bodies/problem-body.ts";
import { toUsd, usdText } from "../bodies/scalars.ts";
import { giveFeedback } from "../give-feedback.ts";
import type { Larder } from "../larder.ts";
import { toErrorBody } from "../problem.ts";
import { recordProbes } from "../record-probes.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import { readJsonBody } from "../request/json-body.ts";
import { receiptIdOf } from "../request/path-ids.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const feedbackBody = z.object({ receipt_id: z.string(), good: z.boolean() }).openapi("Feedback");

const predictionBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    task: z.enum(["answering", "json"]),
    attempts: z.number().describe("Faded: half counts after two weeks."),
    billed_over_expected: z.number().describe("Above 1 the bills were higher than expected."),
    mean_absolute_error: z.number().describe("Of the cost, as a share of the bill."),
    input_error: z.number(),
    output_error: z.number(),
  })
  .openapi("Prediction");

const probeBody = z
  .object({
    maximum_cost_usd: usdText,
    probes: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        flags: z.array(z.string()),
        calls: z.int(),
        maximum_cost_usd: usdText,
      }),
    ),
    results: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        flag: z.string(),
        outcome: z.enum(["holds", "fails", "unknown"]),
        advertised: z.boolean(),
        cost_usd: usdText.nullable(),
        receipt_id: z.string().nullable().describe("Of its calls; null where none was made."),
        error: errorBody.nullable(),
      }),
    ),
  })
  .openapi("Probe");

/** What the router learns: a person's word on an answer, how well costs were predicted, what models really do. */
export function learningRoutes(larder: Larder, limits: ApiLimits) {
  const { routingMemory, prober, router, clock } = larder;
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const word = z.strictObject({ good: z.boolean().describe("The answer was right and of use.") });
  const asked = z.strictObject({
    model: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("`provider/model` or `model`; absent: each that may be asked."),
    dry_run: z.boolean().default(false).describe("Only say what would be asked, and what it costs at most."),
  });
  const feedback = createRoute({
    method: "post",
    path: "/v1/receipts/{receipt}/feedback",
    tags: ["Money"],
    summary: "Say whether an answer was good",
    description: "One word per receipt; a later one replaces it. The model that gave the answer is judged by it.",
    request: {
      params: z.object({ receipt: z.string().openapi({ example: "rcp_0123456789abcdefghij" }) }),
      body: jsonBody(word),
    },
    responses: { 200: reply("It is kept.", feedbackBody), ...problems(404, 413, 415) },
  });
  const predictions = createRoute({
    method: "get",
    path: "/v1/predictions",
    tags: ["Models"],
    summary: "How far expected costs were from the bills, by model and task",
    responses: { 200: reply("Models that were asked.", z.object({ data: z.array(predictionBody) })), ...problems() },
  });
  const probe = createRoute({
    method: "post",
    path: "/v1/model-probes",
    tags: ["Models"],
    summary: "Find out by tiny real requests whether models do what they are advertised with",
    description:
      "Costs money, at most what `dry_run` says. Each call is on the ledger and takes the budgets; one that they have no " +
      "room for is `unknown`, with `BUDGET_EXHAUSTED`. What is found decides which requests a model may get.",
    request: { body: jsonBody(asked) },
    responses: { 200: reply("What was planned and found.", probeBody), ...problems(404, 413, 415) },
  });

  return createRouter()
    .openapi(feedback, async (c) => {
      const { value } = await readJsonBody(c, word, bodyLimits);
      const receiptId = receiptIdOf(c.req.valid("param").receipt);
      await giveFeedback({ receiptId, isGood: value.good, atMs: clock.nowMs() }, larder, c.get("call"));
      return c.json({ receipt_id: receiptId, good: value.good }, 200);
    })
    .openapi(predictions, (c) => {
      const data = routingMemory.predictionErrors(clock.nowMs()).map((error) => ({
        provider: error.provider,
        model: error.model,
        task: error.task,
        attempts: error.attempts,
        billed_over_expected: error.billedOverExpected,
        mean_absolute_error: error.meanAbsoluteError,
        input_error: error.inputError,
        output_error: error.outputError,
      }));
      return c.json({ data }, 200);
    })
    .openapi(probe, async (c) => {
      const { value } = await readJsonBody(c, asked, bodyLimits);
      const isKnown = ({ provider, model }: { provider: string; model: string }) =>
        value.model === model || value.model === `${provider}/${model}`;
      if (value.model !== undefined && !router.models().some(isKnown)) throw new LarderError("MODEL_NOT_FOUND");
      const plan = prober.plan(value.model);
      const results: z.infer<typeof probeBody>["results"] = [];
      if (!value.dry_run) {
        const callerKey = callerKeyOf(c);
        const payers = callerKey === undefined ? [] : [callerKey];
        for await (const result of recordProbes(larder, plan, payers, c.get("call"))) {
          results.push({
            provider: result.provider,
            model: result.model,
            flag: result.flag,
            outcome: result.outcome,
            advertised: result.isAdvertised,
            cost_usd: toUsd(result.cost),
            receipt_id: result.receiptId ?? null,
            error: toErrorBody(result.error),
          });
        }
      }
      const probes = plan.probes.map(({ costMax, flags, ...of }) => ({
        ...of,
        flags: [...flags],
        maximum_cost_usd: toUsd(costMax) ?? "",
      }));
      return c.json({ maximum_cost_usd: toUsd(plan.costMax) ?? "", probes, results }, 200);
    });
}
