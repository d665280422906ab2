import { Socket } from "node:net";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { describeFailure } from "./describe-failure.ts";
import type { Frame } from "./frames.ts";
import { bodyBytesOf, encodeFrame, FrameReader, frameBytesMaxDefault, frameKinds, tooLong } from "./frames.ts";

/** Gives the parts of the reply's body. The request's is to be copied where it is kept: it may hold on to more than itself. */
export type FrameHandler = (body: Uint8Array<ArrayBuffer>, call: Call) => Promise<readonly Uint8Array[]>;

export interface ServeFramesOptions {
  /** Longest body. @defaultValue 64 MiB */
  readonly bodyBytesMax?: number;
}

/** The file descriptor on which a child finds the channel: behind standard streams and Node's own channel. */
export const frameDescriptor = 4;

/**
 * Answers the parent's frames in a child process that was opened with `frames`. Requests run concurrently; one that was
 * aborted before it was begun is not begun. What a handler
 * throws reaches the parent as a `LarderError` of the same code. A damaged frame ends the process: the parent starts
 * another.
 */
export function serveFrames(
  handlers: Readonly<Record<number, FrameHandler>>,
  { bodyBytesMax = frameBytesMaxDefault }: ServeFramesOptions = {},
): void {
  const running = new Map<number, FrameCall>();
  const reader = new FrameReader(bodyBytesMax);
  const socket = new Socket({ fd: frameDescriptor, readable: true, writable: true });
  socket.on("error", () => undefined); // the parent is gone; its other channel ends this process
  socket.on("data", (piece) => {
    try {
      takeAll(reader.read(piece));
    } catch (thrown) {
      process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`, () => process.exit(1));
    }
  });

  /** All are looked at before the first is begun, for one may abort another. */
  function takeAll(frames: readonly Frame[]): void {
    for (const { id, kind } of frames) {
      if (kind === frameKinds.request) running.set(id, new FrameCall());
      else running.get(id)?.abort();
    }
    for (const frame of frames) if (frame.kind === frameKinds.request) void answer(frame);
  }

  async function answer({ id, method, body }: Frame): Promise<void> {
    let reply: Buffer;
    try {
      const parts = await handle(method, body, running.get(id));
      if (bodyBytesOf(parts) > bodyBytesMax) throw tooLong(bodyBytesMax);
      reply = encodeFrame({ id, kind: frameKinds.reply, method }, parts);
    } catch (thrown) {
      const failure = Buffer.from(JSON.stringify(describeFailure(thrown)));
      reply = encodeFrame({ id, kind: frameKinds.failure, method }, [failure]);
    }
    running.delete(id);
    socket.write(reply);
  }

  async function handle(
    method: number,
    body: Uint8Array<ArrayBuffer>,
    call: FrameCall | undefined,
  ): Promise<readonly Uint8Array[]> {
    const handler = handlers[method];
    if (handler === undefined || call === undefined) throw new LarderError("UNEXPECTED", { cause: "unknown method" });
    if (call.isAborted) throw aborted();
    return handler(body, call);
  }
}

/** Its signal is made when somebody looks at it: that takes longer than many a request. */
class FrameCall implements Call {
  isAborted = false;
  #abort: AbortController | undefined;

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.isAborted) this.#abort.abort(aborted());
    return this.#abort.signal;
  }

  abort(): void {
    this.isAborted = true;
    this.#abort?.abort(aborted());
  }
}

function aborted(): LarderError {
  return new LarderError("REQUEST_ABORTED");
}
