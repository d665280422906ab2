import type { ApiContext } from "./api-env.ts";
import { asLarderError, toProblemBody } from "./problem.ts";

export const eventStreamType = "text/event-stream; charset=utf-8";

/**
 * Of every answer that is a stream of events. Named as chunked, the server sends each part as it comes; else it waits a
 * timer's tick, a millisecond, for the end of a body that might be short. HTTP/1.0 has no chunks.
 */
export function eventStreamHeaders(c: ApiContext): Readonly<Record<string, string>> {
  const hasChunks = c.env?.incoming?.httpVersion === "1.1";
  return {
    "content-type": eventStreamType,
    "cache-control": "no-store",
    "x-accel-buffering": "no", // else nginx holds events back
    ...(hasChunks && { "transfer-encoding": "chunked" }),
  };
}

export interface ServerSentEvent {
  readonly event: string;
  /** Sent as one line of JSON. */
  readonly data: unknown;
}

/**
 * Answers with events as they come; a comment fills each silence of `heartbeatMs`. Whatever is thrown becomes the event
 * `error`, which is the last one. When the reader leaves, the source is told to return. One event at a time is asked
 * for, so a slow reader slows the source.
 */
export function respondWithEvents(
  c: ApiContext,
  source: AsyncIterable<ServerSentEvent>,
  heartbeatMs: number,
): Response {
  const encoder = new TextEncoder();
  const iterator = endingInError(c, source);
  let pending: Promise<IteratorResult<ServerSentEvent>> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      pending ??= iterator.next();
      const result = await orSilence(pending, heartbeatMs);
      if (result === "silence") return controller.enqueue(encoder.encode(": still here\n\n"));
      pending = undefined;
      if (result.done === true) return controller.close();
      controller.enqueue(
        encoder.encode(`event: ${result.value.event}\ndata: ${JSON.stringify(result.value.data)}\n\n`),
      );
    },
    cancel() {
      c.get("leave")();
      iterator.return(undefined).catch(() => undefined); // its failure has no reader any more
    },
  });
  return new Response(stream, { status: 200, headers: eventStreamHeaders(c) });
}

async function* endingInError(c: ApiContext, source: AsyncIterable<ServerSentEvent>): AsyncGenerator<ServerSentEvent> {
  try {
    yield* source;
  } catch (thrown) {
    yield { event: "error", data: toProblemBody(asLarderError(thrown), c.get("requestId")) };
  }
}

async function orSilence<T>(pending: Promise<T>, silenceMs: number): Promise<T | "silence"> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(() => resolve("silence"), silenceMs);
  });
  try {
    return await Promise.race([pending, silence]);
  } finally {
    clearTimeout(timer);
  }
}
