import { createRoute, z } from "@hono/zod-openapi";
import type { AnswerEvent, Question } from "@larder/contracts";
import { LarderError, unreachable } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import type { ApiLimits } from "../api-settings.ts";
import { answerBody, toAnswerBody, toCitationBody } from "../bodies/answer-body.ts";
import { toEvidenceBody } from "../bodies/evidence-body.ts";
import { toRouteBody } from "../bodies/route-body.ts";
import type { Larder } from "../larder.ts";
import { runToEnd } from "../lasting-work.ts";
import { fromErrorRecord } from "../problem.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import { filterSchema } from "../request/filter-schema.ts";
import type { Claim } from "../request/idempotent-reply.ts";
import { claimKey } from "../request/idempotent-reply.ts";
import { readJsonBody } from "../request/json-body.ts";
import { lastingCall } from "../request/lasting-call.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import {
  historySchema,
  jsonValue,
  policySchema,
  requireVisible,
  toHistory,
  tokenBudgetSchema,
  toPolicy,
} from "../request/request-schemas.ts";
import { requireKnownModels } from "../request/require-known-models.ts";
import type { ServerSentEvent } from "../server-sent-events.ts";
import { respondWithEvents } from "../server-sent-events.ts";
import { idempotencyHeader, knowledgeBasePath, problems, toBodySchema } from "./route-parts.ts";

export function queryRoutes(
  { store, router, answerQuestion, idempotency, lastingWork }: Larder,
  limits: ApiLimits,
  metrics: ApiMetrics,
) {
  const request = z.strictObject({
    question: z.string().max(limits.questionCharactersMax),
    history: historySchema(limits),
    token_budget: tokenBudgetSchema(limits.tokenBudgetMax)
      .default("auto")
      .describe("Most tokens of evidence; `auto` takes as few as are predicted to hold most of it."),
    max_output_tokens: z.int().min(1).max(limits.outputTokensMax).default(limits.outputTokensDefault),
    policy: policySchema,
    response_format: z
      .strictObject({ name: z.string().regex(/^[\w-]{1,64}$/), schema: z.record(z.string(), jsonValue) })
      .optional()
      .describe("JSON Schema that the answer must satisfy."),
    filter: filterSchema(limits),
    keep_question: z
      .boolean()
      .optional()
      .describe("Keep question and history on the receipt, for a replay. Absent: LARDER_RECEIPTS_KEEP_QUESTIONS."),
    stream: z.boolean().default(false),
    dry_run: z.boolean().default(false).describe("Stop after the route: nothing is sent and nothing is written."),
  });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const content: Record<string, { schema: z.ZodType }> = {
    "application/json": { schema: answerBody },
    "text/event-stream": { schema: z.string() },
  };
  const query = createRoute({
    method: "post",
    path: "/v1/knowledge-bases/{kb}/query",
    tags: ["Questions"],
    summary: "Answer a question from the evidence, by the cheapest model that can",
    description:
      "With `stream` server-sent events: `evidence`, `route`, `delta`, `citation`, then `done` with the same object as " +
      "the JSON answer, or `error` with a problem, which names the " +
      "receipt as `receipt_id` when something was sent. With an Idempotency-Key the final object is what is replayed.",
    request: {
      params: knowledgeBasePath,
      headers: idempotencyHeader,
      body: { required: true, content: { "application/json": { schema: toBodySchema(request) } } },
    },
    responses: {
      200: { description: "The answer and its receipt.", content },
      ...problems(402, 404, 409, 413, 415, 422, 502),
    },
  });

  return createRouter().openapi(query, async (c) => {
    const knowledgeBaseId = knowledgeBaseIdOf(c.req.valid("param").kb);
    await store.knowledgeBase(knowledgeBaseId, c.get("call"));
    const { value, sha256 } = await readJsonBody(c, request, bodyLimits);
    requireVisible(value.question);
    const policy = toPolicy(value.policy);
    requireKnownModels(policy, router);
    const callerKey = callerKeyOf(c);
    const question: Question = {
      knowledgeBaseId,
      text: value.question,
      ...toHistory(value.history),
      tokenBudget: value.token_budget,
      outputTokensMax: value.max_output_tokens,
      policy: { isEscalationAllowed: !value.stream, ...policy },
      isDryRun: value.dry_run,
      ...(value.keep_question === undefined ? {} : { isKept: value.keep_question }),
      ...(callerKey === undefined ? {} : { callerKey }),
      ...(value.response_format === undefined ? {} : { responseFormat: value.response_format }),
      ...(value.filter === undefined ? {} : { filter: value.filter }),
    };
    const claim = await claimKey(c, idempotency, [sha256], limits.idempotencyWaitMs);
    if (claim.replay !== undefined) return claim.replay;
    const run = { c, claim, metrics, question };
    const events = answerQuestion(question, claim.isKept ? lastingCall(c) : c.get("call"))[Symbol.asyncIterator]();
    const first = await orGiveUp(claim, () => events.next()); // a refusal is a problem with its own status, not a stream
    const settling = settled(run, first, events);
    const answered = claim.isKept ? runToEnd(settling, lastingWork) : settling;
    if (value.stream) return respondWithEvents(c, answered, limits.heartbeatMs);
    return respondWithLast(answered);
  });
}

interface AnswerRun {
  readonly c: ApiContext;
  readonly claim: Claim;
  readonly metrics: ApiMetrics;
  readonly question: Question;
}

/** The answer's events as they go over the wire. The claim is settled before the last one is given. */
async function* settled(
  { claim, metrics, question }: AnswerRun,
  first: IteratorResult<AnswerEvent>,
  events: AsyncIterator<AnswerEvent>,
): AsyncGenerator<ServerSentEvent> {
  let isSettled = false;
  try {
    for (let result = first; result.done !== true; result = await events.next()) {
      const event = result.value;
      if (event.kind === "failed") {
        if (event.receipt !== undefined) metrics.routeTaken(event.receipt.route);
        throw fromErrorRecord(event.error, event.receipt === undefined ? {} : { receipt_id: event.receipt.id });
      }
      const sent = toServerSentEvent(event, question);
      if (event.kind === "finished") {
        if (event.answer.receipt !== undefined) metrics.routeTaken(event.answer.route);
        await claim.complete({ status: 200, contentType: "application/json", body: JSON.stringify(sent.data) });
        isSettled = true;
      }
      yield sent;
      if (isSettled) return;
    }
    throw new LarderError("UNEXPECTED", { cause: new Error("the answer ended without an end") });
  } catch (thrown) {
    if (!isSettled) {
      isSettled = true;
      await claim.fail(thrown);
    }
    throw thrown;
  } finally {
    if (!isSettled) await claim.fail(new LarderError("REQUEST_ABORTED")); // the reader of the stream is gone
    await events.return?.();
  }
}

function toServerSentEvent(event: Exclude<AnswerEvent, { kind: "failed" }>, question: Question): ServerSentEvent {
  switch (event.kind) {
    case "evidence":
      return { event: "evidence", data: { evidence: event.evidence.map(toEvidenceBody) } };
    case "route":
      return { event: "route", data: toRouteBody(event.route) };
    case "text":
      return { event: "delta", data: { text: event.text } };
    case "citation":
      return { event: "citation", data: toCitationBody(event.citation) };
    case "finished":
      return { event: "done", data: toAnswerBody(event.answer, question) };
    default:
      return unreachable(event);
  }
}

async function orGiveUp<T>(claim: Claim, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    await claim.fail(thrown);
    throw thrown;
  }
}

async function respondWithLast(events: AsyncIterable<ServerSentEvent>): Promise<Response> {
  let last: ServerSentEvent | undefined;
  for await (const event of events) last = event;
  return new Response(JSON.stringify(last?.data), { headers: { "content-type": "application/json" } });
}
