import type { Duplex } from "node:stream";
import type { ErrorCode, ErrorDetails } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Frame } from "./frames.ts";
import { bodyBytesOf, encodeFrame, FrameReader, frameKinds, tooLong } from "./frames.ts";
import { listenForAbort } from "./or-abort.ts";

/** The body of a failure, as JSON: errors are rare, and vectors are never among them. */
export interface FrameFailure {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly cause: string;
}

interface Waiting {
  readonly resolve: (body: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
}

/** The parent's end: requests out, replies in. */
export class FrameChannel {
  readonly #socket: Duplex;
  readonly #bodyBytesMax: number;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: LarderError | undefined;

  /** `onDamage`: what came in cannot be trusted; whoever owns the child ends it. */
  constructor(socket: Duplex, bodyBytesMax: number, onDamage: (thrown: unknown) => void) {
    this.#socket = socket;
    this.#bodyBytesMax = bodyBytesMax;
    const reader = new FrameReader(bodyBytesMax);
    socket.on("error", () => undefined); // the child has ended, which its owner hears
    socket.on("data", (piece: Buffer) => {
      try {
        for (const frame of reader.read(piece)) this.#settle(frame);
      } catch (thrown) {
        socket.destroy();
        onDamage(thrown);
      }
    });
  }

  /** Requests without a reply. */
  get pending(): number {
    return this.#waiting.size;
  }

  request(method: number, parts: readonly Uint8Array[], signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (bodyBytesOf(parts) > this.#bodyBytesMax) return Promise.reject(tooLong(this.#bodyBytesMax));
    const id = this.#nextId;
    this.#nextId = (this.#nextId % 0xffff_ffff) + 1;
    const bytes = encodeFrame({ id, kind: frameKinds.request, method }, parts);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (this.#forget(id) && !this.#socket.destroyed) {
          this.#socket.write(encodeFrame({ id, kind: frameKinds.abort, method }, []));
        }
        reject(signal.reason);
      };
      this.#waiting.set(id, { resolve, reject, signal, onAbort });
      listenForAbort(signal, onAbort);
      this.#socket.write(bytes);
    });
  }

  /** For a child that has ended: what is asked from now on is rejected as well. */
  rejectAll(reason: LarderError): void {
    this.#ended = reason;
    for (const id of [...this.#waiting.keys()]) this.#forget(id)?.reject(reason);
    this.#socket.destroy();
  }

  #settle({ id, kind, body }: Frame): void {
    const failure = kind === frameKinds.reply ? undefined : failureIn(body); // may throw: whoever waits is not forgotten yet
    const waiting = this.#forget(id);
    if (waiting === undefined) return; // aborted meanwhile
    if (failure === undefined) waiting.resolve(body);
    else waiting.reject(failure);
  }

  #forget(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    waiting.signal.removeEventListener("abort", waiting.onAbort);
    return waiting;
  }
}

function failureIn(body: Uint8Array): LarderError {
  const { code, details, cause } = JSON.parse(Buffer.from(body).toString("utf8")) as FrameFailure; // of our own child
  return new LarderError(code, { details, cause });
}
