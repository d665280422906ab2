import type { ApiContext } from "../api-env.ts";
import { respondWithStream } from "../event-stream.ts";
import { asLarderError, toGatewayProblem } from "../problem.ts";
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
 * the receipt, when the receipt is on disk. A failure is an event that holds `error`, without `[DONE]` after it.
 */
export function respondWithChunks(
  c: ApiContext,
  first: IteratorResult<ChatEvent>,
  rest: AsyncIterator<ChatEvent>,
  { heartbeatMs, headers, ...form }: ChunkOptions,
): Response {
  return respondWithStream(c, textsOf(c, first, rest, form), { heartbeatMs, headers });
}

async function* textsOf(
  c: ApiContext,
  first: IteratorResult<ChatEvent>,
  rest: AsyncIterator<ChatEvent>,
  { chunks, includesUsage }: Pick<ChunkOptions, "chunks" | "includesUsage">,
): AsyncGenerator<string, void, undefined> {
  try {
    for (let step = first; step.done !== true; step = await rest.next()) {
      const { value } = step;
      if (value.kind !== "completed") {
        yield chunks.content(value);
        continue;
      }
      yield chunks.end(value.chat, includesUsage);
      await value.recorded;
      yield `: receipt ${value.chat.receiptId} is written\n\n`;
      return;
    }
  } catch (thrown) {
    const { error } = toGatewayProblem(asLarderError(thrown), c.get("requestId"));
    yield `data: ${JSON.stringify({ error })}\n\n`;
  } finally {
    rest.return?.().catch(() => undefined); // the reader left, or had all
  }
}
