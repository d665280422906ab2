import { createRoute, z } from "@hono/zod-openapi";
import { LarderError } from "@larder/contracts";
import { questionLine, runArmIds, runMetrics, savingsReport } from "@larder/savings-runs";
import type { ApiContext } from "../api-env.ts";
import { createRouter, isDraining } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { problemBody } from "../bodies/problem-body.ts";
import { toUsd, usdText } from "../bodies/scalars.ts";
import type { Larder } from "../larder.ts";
import { toProblemBody } from "../problem.ts";
import { readJsonBody, textBodyLimits } from "../request/json-body.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import type { PreparedRun, RunState } from "../savings-runs/run-request.ts";
import type { ServerSentEvent } from "../server-sent-events.ts";
import { respondWithEvents } from "../server-sent-events.ts";
import { pause, pollDelaysMs } from "../wait-for-documents.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const tags = ["Money"];
const questionsMax = 20_000;

const sent = z
  .strictObject({
    knowledge_base: z.string().describe("Its id."),
    name: z.string().min(1).max(200).default("questions").describe("Of the set, for reports."),
    questions: z.array(questionLine).min(1).max(questionsMax).optional(),
    generate: z
      .int()
      .min(1)
      .max(questionsMax)
      .optional()
      .describe("Instead: so many questions made from the documents by rule, marked synthetic everywhere."),
    arms: z.array(z.enum(runArmIds)).min(1).optional(),
    model: z.string().min(1).max(200).optional().describe("`provider/model` or `model`: asked, or priced at."),
    metric: z.enum(runMetrics).optional().describe("`evidence_recall` asks nothing and needs no key."),
    judge: z.string().min(1).max(200).optional(),
    judged_twice: z.number().min(0).max(1).default(0.2),
    budgets: z.array(z.int().min(16).max(200_000)).min(1).max(16).default([512, 1_024, 2_048, 4_096, 8_192]),
    primary_budget: z.int().positive().optional(),
    margin: z.number().min(0).max(1).default(0.02),
    runs: z.int().min(1).max(20).default(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(7),
    max_output_tokens: z.int().min(1).max(32_000).default(300),
    dry_run: z.boolean().default(false).describe("Only say what would be measured, and what that costs at most."),
  })
  .refine(({ questions, generate }) => (questions === undefined) !== (generate === undefined), {
    message: "give either questions or generate",
    path: ["questions"],
  });

const runBody = z
  .object({
    id: z.string().openapi({ example: "run_0123456789abcdef0123" }),
    state: z.enum(["planned", "running", "finished", "stopped", "failed"]),
    done: z.int(),
    total: z.int(),
    error: problemBody.nullable(),
    report: savingsReport.nullable(),
  })
  .openapi("SavingsRun");

const plannedBody = runBody
  .extend({
    questions: z.int(),
    questions_left_out: z.int().describe("Nothing tells a right answer to them from a wrong one."),
    synthetic: z.boolean(),
    calls: z.int(),
    judge_calls: z.int(),
    maximum_cost_usd: usdText.nullable().describe("Null when a price is not known."),
    registration: z.record(z.string(), z.unknown()).describe("What is written down before the first question."),
    infeasible: z.array(z.object({ arm: z.enum(runArmIds), reason: z.string() })),
  })
  .openapi("PlannedSavingsRun");

/** Measured comparisons: planned, begun, followed, read. */
export function savingsRunRoutes(larder: Pick<Larder, "measuredRuns">, limits: ApiLimits) {
  const runs = () => larder.measuredRuns;
  const bodyLimits = textBodyLimits(limits);
  const runPath = z.object({ run: z.string().openapi({ example: "run_0123456789abcdef0123" }) });
  const begin = createRoute({
    method: "post",
    path: "/v1/savings/runs",
    tags,
    summary: "Measure what retrieval saves, on your own questions",
    description:
      "The same questions through several ways to answer, quality first. What decides the outcome is written down before " +
      "the first question; the same request is the same run: it is joined, goes on where it was stopped, or gives its report.",
    request: { body: jsonBody(sent) },
    responses: {
      200: reply("What would be measured: a dry run.", plannedBody),
      202: reply("It is written down and begun; follow its events.", plannedBody),
      ...problems(404, 409, 413, 415, 422),
    },
  });
  const read = createRoute({
    method: "get",
    path: "/v1/savings/runs/{run}",
    tags,
    summary: "Where a measured run stands, and its report once it is finished",
    request: { params: runPath },
    responses: { 200: reply("It.", runBody), ...problems(404) },
  });
  const events = createRoute({
    method: "get",
    path: "/v1/savings/runs/{run}/events",
    tags,
    summary: "Follow a measured run",
    description: "`progress` for each change, then `done` with the report; or `error` with a problem, last.",
    request: { params: runPath },
    responses: { 200: reply("Server-sent events.", z.string(), "text/event-stream"), ...problems(404) },
  });

  return createRouter()
    .openapi(begin, async (c) => {
      const { value } = await readJsonBody(c, sent, bodyLimits);
      const prepared = await runs().prepare(toRequest(value), c.get("call"));
      if (value.dry_run) return c.json(toPlannedBody(c, prepared, undefined), 200);
      return c.json(toPlannedBody(c, prepared, runs().start(prepared)), 202);
    })
    .openapi(read, async (c) => {
      return c.json(toRunBody(c, await runs().state(c.req.valid("param").run, c.get("call"))), 200);
    })
    .openapi(events, async (c) => {
      const { run } = c.req.valid("param");
      await runs().state(run, c.get("call")); // not there: a problem, not a stream
      return respondWithEvents(c, follow(c, runs(), run), limits.heartbeatMs);
    });
}

async function* follow(c: ApiContext, runs: Larder["measuredRuns"], id: string): AsyncGenerator<ServerSentEvent> {
  const delays = pollDelaysMs();
  let shown = -1;
  for (;;) {
    if (isDraining(c)) throw new LarderError("SERVER_STOPPING");
    const state = await runs.state(id, c.get("call"));
    if (state.error !== undefined) throw state.error;
    if (state.state !== "running") {
      yield { event: "done", data: toRunBody(c, state) };
      return;
    }
    if (state.done !== shown) yield { event: "progress", data: toRunBody(c, state) };
    shown = state.done;
    await pause(delays.next().value, c.get("call"));
  }
}

function toRequest(value: z.output<typeof sent>) {
  const { generate, questions, primary_budget: primaryBudget } = value;
  return {
    knowledgeBaseId: knowledgeBaseIdOf(value.knowledge_base),
    setName: value.name,
    questions: questions === undefined ? { generate: generate ?? 0 } : { lines: questions },
    budgets: value.budgets,
    ...{ margin: value.margin, runs: value.runs, seed: value.seed, judgedTwice: value.judged_twice },
    outputTokensMax: value.max_output_tokens,
    ...(value.arms === undefined ? {} : { arms: value.arms }),
    ...(primaryBudget === undefined ? {} : { primaryBudget }),
    ...(value.metric === undefined ? {} : { metric: value.metric }),
    ...(value.model === undefined ? {} : { model: value.model }),
    ...(value.judge === undefined ? {} : { judge: value.judge }),
  };
}

function toRunBody(c: ApiContext, { id, state, done, total, error, report }: RunState) {
  const problem = error === undefined ? null : toProblemBody(error, c.get("requestId"));
  return { id, state, done, total, error: problem, report: report ?? null };
}

function toPlannedBody(c: ApiContext, prepared: PreparedRun, begun: RunState | undefined) {
  const { id, registration, plan, arms, set, unscorable } = prepared;
  const state =
    begun === undefined
      ? { id, state: "planned" as const, done: 0, total: 0, error: null, report: null }
      : toRunBody(c, begun);
  return {
    ...state,
    questions: set.questions.length,
    questions_left_out: unscorable,
    synthetic: set.isSynthetic,
    calls: plan.calls,
    judge_calls: plan.judgeCalls,
    maximum_cost_usd: toUsd(plan.costMax),
    registration: { ...registration },
    infeasible: arms.flatMap(({ id: arm, infeasible }) =>
      infeasible === undefined ? [] : [{ arm, reason: infeasible.reason }],
    ),
  };
}
