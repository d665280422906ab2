import type { ApiContext } from "./api-env.ts";
import { respondWithStream } from "./event-stream.ts";
import { asLarderError, toProblemBody } from "./problem.ts";

export interface ServerSentEvent {
  readonly event: string;
  /** Sent as one line of JSON. */
  readonly data: unknown;
}

/** Answers with events as they come. Whatever is thrown becomes the event `error`, which is the last one. */
export function respondWithEvents(
  c: ApiContext,
  source: AsyncIterable<ServerSentEvent>,
  heartbeatMs: number,
): Response {
  return respondWithStream(c, textsOf(c, source), { heartbeatMs });
}

async function* textsOf(
  c: ApiContext,
  source: AsyncIterable<ServerSentEvent>,
): AsyncGenerator<string, void, undefined> {
  try {
    for await (const one of source) yield textOf(one);
  } catch (thrown) {
    yield textOf({ event: "error", data: toProblemBody(asLarderError(thrown), c.get("requestId")) });
  }
}

const textOf = ({ event, data }: ServerSentEvent) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
