import { createRoute, z } from "@hono/zod-openapi";
import type { BatchRequest } from "@larder/contracts";
import { isId, LarderError } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { toTime } from "../bodies/scalars.ts";
import { toChatCompletion } from "../gateway/chat-bodies.ts";
import { chatRequestSchema, readChatRequest } from "../gateway/chat-request.ts";
import type { Larder } from "../larder.ts";
import { toErrorBody } from "../problem.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import { invalidRequest } from "../request/field-problems.ts";
import { answerOnce } from "../request/idempotent-reply.ts";
import { readJsonBody, textBodyLimits } from "../request/json-body.ts";
import { requireKnownModels } from "../request/require-known-models.ts";
import { idempotencyHeader, problems, reply, toBodySchema } from "./route-parts.ts";

const tags = ["Gateway"];

const requestBody = z
  .object({
    id: z.string(),
    status: z.enum(["waiting", "submitting", "submitted", "calling", "answered", "failed"]),
    created_at: z.string(),
    deadline_at: z.string(),
    receipt_id: z.string().nullable(),
    completion: z.object({ id: z.string() }).loose().nullable().describe("In OpenAI's form, once it is answered."),
    error: z.object({ code: z.string(), message: z.string() }).loose().nullable(),
  })
  .openapi("BatchRequest");

/** Chat requests that may wait: by a provider's batch where that is cheaper, live where it is not or comes too late. */
export function batchRequestRoutes(larder: Larder, limits: ApiLimits) {
  const request = chatRequestSchema(limits);
  const bodyLimits = textBodyLimits(limits);
  const submit = createRoute({
    method: "post",
    path: "/v1/batch-requests",
    tags,
    summary: "A chat completion that may wait",
    description:
      "The body of a chat completion whose policy has `batch_ok` and `deadline_ms`. It goes on after a restart; its " +
      "prompt is kept in the database until then, and after.",
    request: {
      headers: idempotencyHeader,
      body: { required: true, content: { "application/json": { schema: toBodySchema(request) } } },
    },
    responses: { 202: reply("It is on disk; ask for it by its id.", requestBody), ...problems(404, 409, 413, 415) },
  });
  const read = createRoute({
    method: "get",
    path: "/v1/batch-requests/{id}",
    tags,
    summary: "Where a request that may wait stands",
    request: { params: z.object({ id: z.string().openapi({ example: "brq_0123456789abcdefghij" }) }) },
    responses: { 200: reply("With the completion once it is answered.", requestBody), ...problems(404) },
  });

  async function accept(c: ApiContext, sent: z.output<typeof request>): Promise<BatchRequest> {
    const { routed, isStreaming } = readChatRequest(c, sent, larder.tokenCounter, limits);
    const { isBatchAllowed, deadlineMs } = routed.policy;
    if (isStreaming) throw invalidRequest({ field: "stream", reason: "cannot wait" });
    if (isBatchAllowed !== true) throw invalidRequest({ field: "larder.policy.batch_ok", reason: "must be true" });
    if (deadlineMs === undefined) throw invalidRequest({ field: "larder.policy.deadline_ms", reason: "is missing" });
    requireKnownModels(routed.policy, larder.router);
    const nowMs = larder.clock.nowMs();
    const payer = callerKeyOf(c);
    const { deadlineMs: _, ...policy } = routed.policy; // of the whole wait, not of one call
    return {
      id: larder.ids.next("batchRequest"),
      scope: c.get("callerScope"),
      createdAtMs: nowMs,
      deadlineAtMs: nowMs + deadlineMs,
      request: { ...routed, policy, ...(payer && { payers: [payer] }) },
      state: { kind: "waiting" },
    };
  }

  return createRouter()
    .openapi(submit, async (c) => {
      const { value, sha256 } = await readJsonBody(c, request, bodyLimits);
      return answerOnce(c, larder.idempotency, [sha256], async () => {
        const job = await accept(c, value);
        await larder.batchRequests.add(job, c.get("call"));
        larder.wakeBatches();
        return { status: 202, body: toBody(job) };
      });
    })
    .openapi(read, async (c) => {
      const { id } = c.req.valid("param");
      const job = isId("batchRequest", id) ? await larder.batchRequests.find(id, c.get("call")) : undefined;
      if (job === undefined || job.scope !== c.get("callerScope")) throw new LarderError("BATCH_REQUEST_NOT_FOUND");
      return c.json(toBody(job), 200);
    });
}

function toBody({ id, createdAtMs, deadlineAtMs, state }: BatchRequest) {
  const envelope = { id: `chatcmpl-${id}`, created: Math.floor(createdAtMs / 1_000), model: "auto" };
  return {
    id,
    status: state.kind,
    created_at: toTime(createdAtMs),
    deadline_at: toTime(deadlineAtMs),
    receipt_id: "receiptId" in state ? (state.receiptId ?? null) : null,
    completion:
      state.kind === "answered" ? toChatCompletion(envelope, { ...state.answer, receiptId: state.receiptId }) : null,
    error: state.kind === "failed" ? toErrorBody(state.error) : null,
  };
}
