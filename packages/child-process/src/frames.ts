import { crc32 } from "node:zlib";
import { LarderError } from "@larder/contracts";

/**
 * A message of raw bytes between a process and its child. All numbers little-endian:
 *
 * | offset | bytes | what                                                            |
 * | -----: | ----: | --------------------------------------------------------------- |
 * |      0 |     4 | "LFR1"                                                          |
 * |      4 |     4 | bytes of the body, n                                            |
 * |      8 |     4 | id of the request                                               |
 * |     12 |     2 | kind: 1 request, 2 reply, 3 failure, 4 abort                    |
 * |     14 |     2 | method                                                          |
 * |     16 |     4 | CRC-32 of the sixteen bytes before and the body                 |
 * |     20 |     n | body                                                            |
 *
 * A reader that finds another beginning, a longer body than agreed, or another sum gives up the channel: what follows
 * cannot be trusted. Cost: one copy and one pass of CRC-32 on each side.
 */
export interface Frame {
  readonly id: number;
  readonly kind: FrameKind;
  readonly method: number;
  /** A copy of its own, so that views of any number type may be laid over it. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export const frameKinds = { request: 1, reply: 2, failure: 3, abort: 4 } as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** Longest body, where nothing else was agreed. */
export const frameBytesMaxDefault = 64 * 2 ** 20;

const magic = 0x3152464c; // "LFR1"
const headerBytes = 20;
const sumOffset = 16;

/** The channel cannot be trusted any more. */
export class FrameDamage extends Error {
  override readonly name = "FrameDamage";
}

export function bodyBytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** Of the sender: the reader would take such a frame for damage and give up the channel, and all who use it. */
export function tooLong(bodyBytesMax: number): LarderError {
  return new LarderError("UNEXPECTED", { details: { bodyBytesMax }, cause: "a frame's body is longer than agreed" });
}

export function encodeFrame(frame: Omit<Frame, "body">, parts: readonly Uint8Array[]): Buffer {
  const bodyBytes = bodyBytesOf(parts);
  const bytes = Buffer.allocUnsafe(headerBytes + bodyBytes);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(bodyBytes, 4);
  bytes.writeUInt32LE(frame.id, 8);
  bytes.writeUInt16LE(frame.kind, 12);
  bytes.writeUInt16LE(frame.method, 14);
  let offset = headerBytes;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  bytes.writeUInt32LE(sumOf(bytes.subarray(0, sumOffset), bytes.subarray(headerBytes)), sumOffset);
  return bytes;
}

/** Puts pieces of a stream together to frames. Memory: the frame that is coming in, at most `bodyBytesMax`. */
export class FrameReader {
  readonly #bodyBytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** @throws {@link FrameDamage} after which nothing more may be read */
  *read(piece: Buffer): Iterable<Frame> {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    for (;;) {
      if (this.#bytes < headerBytes) return;
      const header = this.#peek(headerBytes);
      const bodyBytes = header.readUInt32LE(4);
      if (header.readUInt32LE(0) !== magic) throw new FrameDamage("a frame does not begin where one should");
      if (bodyBytes > this.#bodyBytesMax) throw new FrameDamage(`a frame of ${bodyBytes} bytes is too long`);
      if (this.#bytes < headerBytes + bodyBytes) return;
      const whole = this.#take(headerBytes + bodyBytes);
      const body = new Uint8Array(bodyBytes);
      body.set(whole.subarray(headerBytes));
      if (sumOf(whole.subarray(0, sumOffset), body) !== whole.readUInt32LE(sumOffset)) {
        throw new FrameDamage("a frame's sum is wrong");
      }
      yield { id: whole.readUInt32LE(8), kind: kindOf(whole.readUInt16LE(12)), method: whole.readUInt16LE(14), body };
    }
  }

  /** The first bytes, together in one piece; they stay. */
  #peek(bytes: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#pieces;
    if (first.byteLength >= bytes) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }

  #take(bytes: number): Buffer {
    const joined = this.#peek(bytes);
    const rest = joined.subarray(bytes);
    this.#bytes -= bytes;
    this.#pieces = [...(rest.byteLength > 0 ? [rest] : []), ...this.#pieces.slice(1)];
    return joined.subarray(0, bytes);
  }
}

function kindOf(number: number): FrameKind {
  const kind = Object.values(frameKinds).find((known) => known === number);
  if (kind === undefined) throw new FrameDamage(`a frame is of the unknown kind ${number}`);
  return kind;
}

function sumOf(header: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(header));
}
