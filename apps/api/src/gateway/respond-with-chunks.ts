import type { ApiContext } from "../api-env.ts";
import { asLarderError, toGatewayProblem } from "../problem.ts";
import { eventStreamHeaders } from "../server-sent-events.ts";
import type { createChatChunks } from "./chat-bodies.ts";
import type { ChatEvent } from "./run-chat.ts";

export interface ChunkOptions {
  readonly chunks: ReturnType<typeof createChatChunks>;
  readonly includesUsage: boolean;
  readonly heartbeatMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers with chunks as they come. `[DONE]` follows the last one at once; the body ends, after a comment that names
 * the receipt, when the receipt is on disk. A failure is an event that holds `error`, without `[DONE]` after it. When
 * the reader leaves, the call is aborted. A slow reader slows the source.
 */
export function respondWithChunks(
  c: ApiContext,
  first: IteratorResult<ChatEvent>,
  rest: AsyncIterator<ChatEvent>,
  { chunks, includesUsage, heartbeatMs, headers }: ChunkOptions,
): Response {
  const encoder = new TextEncoder();
  let pending: IteratorResult<ChatEvent> | undefined = first;
  let isLeft = false;
  let silence: NodeJS.Timeout | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      silence = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": still here\n\n"));
      }, heartbeatMs);
    },
    async pull(controller) {
      try {
        const { done, value } = pending ?? (await rest.next());
        pending = undefined;
        if (isLeft) return;
        silence?.refresh();
        if (done === true) return end(controller);
        if (value.kind !== "completed") return controller.enqueue(encoder.encode(chunks.content(value)));
        controller.enqueue(encoder.encode(chunks.end(value.chat, includesUsage)));
        await value.recorded;
        if (!isLeft) controller.enqueue(encoder.encode(`: receipt ${value.chat.receiptId} is written\n\n`));
        end(controller);
      } catch (thrown) {
        if (isLeft) return;
        const { error } = toGatewayProblem(asLarderError(thrown), c.get("requestId"));
        controller.enqueue(encoder.encode(`data: ${JSON.stringify({ error })}\n\n`));
        end(controller);
      }
    },
    cancel() {
      isLeft = true;
      clearInterval(silence);
      c.get("leave")();
      rest.return?.().catch(() => undefined); // its failure has no reader any more
    },
  });
  const end = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    clearInterval(silence);
    if (!isLeft) controller.close();
  };
  return new Response(stream, { headers: { ...eventStreamHeaders(c), ...headers } });
}
