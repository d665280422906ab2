import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { ApiContext } from "./api-env.ts";
import { securityHeaderDefaults } from "./middleware/security-headers.ts";

export const eventStreamType = "text/event-stream; charset=utf-8";

export interface EventStreamOptions {
  /** A comment fills each silence of this length. */
  readonly heartbeatMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const heartbeat = ": still here\n\n";

/**
 * Answers with these texts as they come; one at a time is asked for, so a slow reader slows the source. When the reader
 * leaves, the call is aborted and the source told to return.
 * @param texts - Ends by itself and never throws: a failure is a text of its own
 */
export function respondWithStream(
  c: ApiContext,
  texts: AsyncIterator<string>,
  { heartbeatMs, headers = {} }: EventStreamOptions,
): Response {
  const all = {
    "content-type": eventStreamType,
    "x-accel-buffering": "no", // else nginx holds events back
    ...headers,
  };
  // Its source has not begun and holds nothing; begun, it would hold the headers back until its end.
  if (c.req.method === "HEAD") return c.body(null, 200, all);
  const leave = () => {
    c.get("leave")();
    texts.return?.().catch(() => undefined); // its failure has no reader any more
  };
  const outgoing = c.env?.outgoing;
  if (outgoing === undefined) {
    const body = toReadable(texts, heartbeatMs, leave);
    return new Response(body, { headers: { "cache-control": "no-store", ...all } });
  }
  // Middleware puts its headers on a response, which this one does not wait for.
  outgoing.writeHead(200, { ...securityHeaderDefaults, ...all, "x-request-id": c.get("requestId") });
  void writeAll(outgoing, texts, heartbeatMs, leave);
  return alreadySent;
}

/** Has what middleware looks for, so that it adds nothing. */
const alreadySent = new Response(null, {
  headers: { ...Object.fromEntries(RESPONSE_ALREADY_SENT.headers), ...securityHeaderDefaults, "x-request-id": "sent" },
});

/**
 * To the socket itself. The server would wait a timer's tick, a millisecond, for the end of a body that may be short, and
 * a web stream with its `Response` is as much work as the rest of the way to the reader (docs/decisions/0019).
 */
async function writeAll(
  outgoing: ServerResponse,
  texts: AsyncIterator<string>,
  heartbeatMs: number,
  leave: () => void,
): Promise<void> {
  const silence = setInterval(() => {
    if (!outgoing.writableNeedDrain) outgoing.write(heartbeat);
  }, heartbeatMs);
  const onClose = () => {
    clearInterval(silence);
    leave();
  };
  outgoing.once("close", onClose);
  for (;;) {
    // Asked once though the reader may be gone: the clean-up of a generator that never began is not run by its return.
    const { done, value } = await texts.next();
    if (outgoing.destroyed) return onClose(); // it may have closed before anybody listened
    if (done === true) break;
    silence.refresh();
    if (!outgoing.write(value)) await drained(outgoing);
  }
  clearInterval(silence);
  outgoing.off("close", onClose).end();
}

/** Resolves also when the socket closed instead. */
function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      outgoing.off("drain", end).off("close", end);
      resolve();
    };
    outgoing.on("drain", end).on("close", end);
  });
}

/** For a request that came without a server, as tests send them. */
function toReadable(texts: AsyncIterator<string>, heartbeatMs: number, leave: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let silence: NodeJS.Timeout | undefined;
  let isLeft = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      silence = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(heartbeat));
      }, heartbeatMs);
    },
    async pull(controller) {
      const { done, value } = await texts.next();
      if (isLeft) return;
      silence?.refresh();
      if (done !== true) return controller.enqueue(encoder.encode(value));
      clearInterval(silence);
      controller.close();
    },
    cancel() {
      isLeft = true;
      clearInterval(silence);
      leave();
    },
  });
}
