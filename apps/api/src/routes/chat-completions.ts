import { createRoute, z } from "@hono/zod-openapi";
import type { StoredReply } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { createRouter } from "../api-env.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import type { ApiLimits } from "../api-settings.ts";
import { eventStreamType } from "../event-stream.ts";
import { createChatChunks, toChatCompletion, wholeContent } from "../gateway/chat-bodies.ts";
import { chatRequestSchema, readChatRequest } from "../gateway/chat-request.ts";
import { chatCompletionsPath } from "../gateway/openai-error.ts";
import { respondWithChunks } from "../gateway/respond-with-chunks.ts";
import type { ChatEvent, CompletedChat } from "../gateway/run-chat.ts";
import { runChat } from "../gateway/run-chat.ts";
import type { Larder } from "../larder.ts";
import { runToEnd } from "../lasting-work.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import type { Claim } from "../request/idempotent-reply.ts";
import { claimKey } from "../request/idempotent-reply.ts";
import { readJsonBody, textBodyLimits } from "../request/json-body.ts";
import { lastingCall } from "../request/lasting-call.ts";
import { requireKnownModels } from "../request/require-known-models.ts";
import { idempotencyHeader, problems, toBodySchema } from "./route-parts.ts";

/** Header that names the receipt. It is written when the body ends; until then the name promises nothing. */
const receiptHeader = "x-larder-receipt";

/** The router as an endpoint in OpenAI's form: no documents, one prompt, the cheapest model that can answer it. */
export function chatCompletionRoutes(larder: Larder, limits: ApiLimits, metrics: ApiMetrics) {
  const request = chatRequestSchema(limits);
  const bodyLimits = textBodyLimits(limits);
  const route = createRoute({
    method: "post",
    path: chatCompletionsPath,
    tags: ["Gateway"],
    summary: "A chat completion in OpenAI's form, by the cheapest model that can",
    description:
      "For any client of OpenAI's API. With `stream` chunks and `[DONE]`; a failure after the first text is an event " +
      "that holds `error`, without `[DONE]`. Problems carry OpenAI's `error` object beside their own fields. " +
      "docs/guides/gateway.md has the extensions.",
    request: {
      headers: idempotencyHeader.extend({
        "x-larder-policy": z
          .string()
          .optional()
          .openapi({ description: "A policy as JSON; `larder.policy` goes before." }),
      }),
      body: { required: true, content: { "application/json": { schema: toBodySchema(request) } } },
    },
    responses: {
      200: {
        description: "The completion.",
        content: {
          "application/json": { schema: z.object({ id: z.string() }).loose() },
          "text/event-stream": { schema: z.string() },
        } as Record<string, { schema: z.ZodType }>,
      },
      ...problems(402, 404, 409, 413, 415, 422, 502),
    },
  });

  return createRouter().openapi(route, async (c) => {
    const { value, sha256 } = await readJsonBody(c, request, bodyLimits);
    const chat = readChatRequest(c, value, larder.tokenCounter, limits);
    requireKnownModels(chat.routed.policy, larder.router);
    const claim = await claimKey(c, larder.idempotency, [sha256], limits.idempotencyWaitMs);
    if (claim.replay !== undefined) return claim.replay;
    const receiptId = larder.ids.next("receipt");
    const envelope = {
      id: `chatcmpl-${receiptId.slice("rcp_".length)}`,
      created: Math.floor(larder.clock.nowMs() / 1_000),
      model: chat.model,
    };
    const chunksOf = () => createChatChunks(envelope);
    const { router, ledger, callIntents, clock, tokenCounter } = larder;
    const ports = { router, ledger, callIntents, clock, tokenCounter, onRoute: metrics.routeTaken };
    const callerKey = callerKeyOf(c);
    const routed = { ...chat.routed, ...(callerKey && { payers: [callerKey] }) };
    const run = runChat(ports, routed, receiptId, claim.isKept ? lastingCall(c) : c.get("call"));
    const settling = settled(run, claim, (completed) =>
      chat.isStreaming
        ? streamReply(chunksOf(), completed, chat.includesUsage)
        : { status: 200, contentType: "application/json", body: JSON.stringify(toChatCompletion(envelope, completed)) },
    );
    const events = (claim.isKept ? runToEnd(settling, larder.lastingWork) : settling)[Symbol.asyncIterator]();
    const headers = { [receiptHeader]: receiptId };
    const first = await events.next(); // a failure before the first text is a problem with its own status
    if (chat.isStreaming) {
      const options = { includesUsage: chat.includesUsage, heartbeatMs: limits.heartbeatMs, headers };
      return respondWithChunks(c, first, events, { chunks: chunksOf(), ...options });
    }
    for (let step = first; step.done !== true; step = await events.next()) {
      if (step.value.kind !== "completed") continue;
      await step.value.recorded;
      return c.json(toChatCompletion(envelope, step.value.chat), 200, headers);
    }
    throw new LarderError("UNEXPECTED", { cause: new Error("the chat ended without an end") });
  });
}

/** What the same Idempotency-Key gets again: the whole text, and each tool call, in one chunk. */
function streamReply(
  chunks: ReturnType<typeof createChatChunks>,
  chat: CompletedChat,
  includesUsage: boolean,
): StoredReply {
  const body = wholeContent(chat).map(chunks.content).join("") + chunks.end(chat, includesUsage);
  return { status: 200, contentType: eventStreamType, body };
}

/** The same events; the claim is settled with the receipt, or given back when there is no answer. */
async function* settled(
  events: AsyncIterable<ChatEvent>,
  claim: Claim,
  toReply: (chat: CompletedChat) => StoredReply,
): AsyncGenerator<ChatEvent, void, undefined> {
  let isSettled = false;
  const fail = async (thrown: unknown) => {
    if (isSettled) return;
    isSettled = true;
    await claim.fail(thrown);
  };
  try {
    for await (const event of events) {
      if (event.kind !== "completed") yield event;
      else {
        isSettled = true;
        const recorded = claim.isKept ? event.recorded.then(() => claim.complete(toReply(event.chat))) : event.recorded; // what nobody can ask for again need not be built
        recorded.catch(() => undefined); // whoever waits for it is told
        yield { ...event, recorded };
      }
    }
  } catch (thrown) {
    await fail(thrown);
    throw thrown;
  } finally {
    await fail(new LarderError("REQUEST_ABORTED")); // the reader is gone
  }
}
