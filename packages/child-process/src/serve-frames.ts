import { Socket } from "node:net";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { describeFailure } from "./describe-failure.ts";
import type { Frame } from "./frames.ts";
import { bodyBytesOf, encodeFrame, FrameReader, frameBytesMaxDefault, frameKinds, tooLong } from "./frames.ts";

/** Gives the parts of the reply's body. */
export type FrameHandler = (body: Uint8Array<ArrayBuffer>, call: Call) => Promise<readonly Uint8Array[]>;

export interface ServeFramesOptions {
  /** Longest body. @defaultValue 64 MiB */
  readonly bodyBytesMax?: number;
}

/** The file descriptor on which a child finds the channel: behind standard streams and Node's own channel. */
export const frameDescriptor = 4;

/**
 * Answers the parent's frames in a child process that was opened with `frames`. Requests run concurrently; what a handler
 * throws reaches the parent as a `LarderError` of the same code. A damaged frame ends the process: the parent starts
 * another.
 */
export function serveFrames(
  handlers: Readonly<Record<number, FrameHandler>>,
  { bodyBytesMax = frameBytesMaxDefault }: ServeFramesOptions = {},
): void {
  const running = new Map<number, AbortController>();
  const reader = new FrameReader(bodyBytesMax);
  const socket = new Socket({ fd: frameDescriptor, readable: true, writable: true });
  socket.on("error", () => undefined); // the parent is gone; its other channel ends this process
  socket.on("data", (piece) => {
    try {
      for (const frame of reader.read(piece)) take(frame);
    } catch (thrown) {
      process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`, () => process.exit(1));
    }
  });

  function take({ id, kind, method, body }: Frame): void {
    if (kind !== frameKinds.request) {
      running.get(id)?.abort(new LarderError("REQUEST_ABORTED"));
      return;
    }
    const abort = new AbortController();
    running.set(id, abort);
    void answer(handlers[method], body, abort.signal)
      .then((parts) => {
        if (bodyBytesOf(parts) > bodyBytesMax) throw tooLong(bodyBytesMax);
        socket.write(encodeFrame({ id, kind: frameKinds.reply, method }, parts));
      })
      .catch((thrown: unknown) => {
        const failure = Buffer.from(JSON.stringify(describeFailure(thrown)));
        socket.write(encodeFrame({ id, kind: frameKinds.failure, method }, [failure]));
      })
      .finally(() => running.delete(id));
  }
}

async function answer(
  handler: FrameHandler | undefined,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  if (handler === undefined) throw new LarderError("UNEXPECTED", { cause: "unknown method" });
  return handler(body, { signal });
}
