import { Worker } from "node:worker_threads";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { describeFailure } from "./describe-failure.ts";
import type { ChildMessage, ParentMessage } from "./messages.ts";

export type RequestHandler = (payload: never, call: Call) => Promise<unknown>;

/**
 * Answers the parent's requests in a child process. Requests run concurrently; a handler that needs order keeps its own
 * queue. What a handler throws reaches the parent as a `LarderError` of the same code. The process ends when the parent
 * closes the channel or dies, also while a handler blocks the event loop.
 */
export function serveRequests(handlers: Readonly<Record<string, RequestHandler>>): void {
  const running = new Map<number, AbortController>();
  const send = (message: ChildMessage): void => {
    if (process.connected) process.send?.(message);
  };

  process.on("message", (message: ParentMessage) => {
    if (message.kind === "abort") {
      running.get(message.id)?.abort(new LarderError("REQUEST_ABORTED"));
      return;
    }
    const { id, method, payload } = message;
    const abort = new AbortController();
    running.set(id, abort);
    void answer(handlers[method], payload, abort.signal)
      .then((value) => send({ kind: "reply", id, value }))
      .catch((thrown: unknown) => send({ kind: "failure", id, ...describeFailure(thrown) }))
      .finally(() => running.delete(id));
  });
  // The parent owns this process: without it there is nobody to answer.
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the parent decides when to stop us
  endWithParent();
  send({ kind: "ready" });
}

async function answer(handler: RequestHandler | undefined, payload: unknown, signal: AbortSignal): Promise<unknown> {
  if (handler === undefined) throw new LarderError("UNEXPECTED", { cause: "unknown method" });
  return handler(payload as never, { signal });
}

/**
 * Kills this process soon after its parent is gone. "disconnect" alone does not: a parser in an endless loop never
 * returns to the event loop, so a thread of its own looks whether we were handed to another parent.
 */
function endWithParent(): void {
  const watch = `
    const parent = ${process.ppid};
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);
  `;
  const worker = new Worker(watch, { eval: true, execArgv: [], stdout: true, stderr: true });
  worker.unref();
}
