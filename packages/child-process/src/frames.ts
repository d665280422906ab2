import { crc32 } from "node:zlib";
import { LarderError } from "@larder/contracts";

/**
 * A message of raw bytes between a process and its child. All numbers little-endian:
 *
 * | offset | bytes | what                                                            |
 * | -----: | ----: | --------------------------------------------------------------- |
 * |      0 |     4 | "LFR2"                                                          |
 * |      4 |     4 | bytes of the body, n                                            |
 * |      8 |     4 | id of the request                                               |
 * |     12 |     2 | kind: 1 request, 2 reply, 3 failure, 4 abort                    |
 * |     14 |     2 | method                                                          |
 * |     16 |     4 | CRC-32 of the whole frame with zero in this place               |
 * |     20 |     4 | zero: the body begins at a multiple of eight                    |
 * |     24 |     n | body                                                            |
 *
 * A reader that finds another beginning, a longer body than agreed, or another sum gives up the channel: what follows
 * cannot be trusted. Cost: a copy for the sender, and one pass of CRC-32 on each side.
 */
export interface Frame {
  readonly id: number;
  readonly kind: FrameKind;
  readonly method: number;
  /** Begins at a multiple of eight in its buffer, so that views of any number type may be laid over it. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export const frameKinds = { request: 1, reply: 2, failure: 3, abort: 4 } as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** Longest body, where nothing else was agreed. */
export const frameBytesMaxDefault = 64 * 2 ** 20;

const magic = 0x3252464c; // "LFR2"
const headerBytes = 24;
const sumOffset = 16;
const alignment = 8;

/** The channel cannot be trusted any more. */
export class FrameDamage extends Error {
  override readonly name = "FrameDamage";
}

export function bodyBytesOf(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of parts) bytes += part.byteLength;
  return bytes;
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
  bytes.fill(0, sumOffset, headerBytes);
  let offset = headerBytes;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  bytes.writeUInt32LE(crc32(bytes), sumOffset);
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

  /**
   * The frames that are whole by now.
   * @throws {@link FrameDamage} after which nothing more may be read
   */
  read(piece: Buffer): readonly Frame[] {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#bytes < headerBytes) return undefined;
    const header = this.#peek(headerBytes);
    const bodyBytes = header.readUInt32LE(4);
    if (header.readUInt32LE(0) !== magic) throw new FrameDamage("a frame does not begin where one should");
    if (bodyBytes > this.#bodyBytesMax) throw new FrameDamage(`a frame of ${bodyBytes} bytes is too long`);
    if (this.#bytes < headerBytes + bodyBytes) return undefined;
    const whole = this.#take(headerBytes + bodyBytes);
    const sum = whole.readUInt32LE(sumOffset);
    whole.writeUInt32LE(0, sumOffset); // for a moment: so one pass is enough
    const sumFound = crc32(whole);
    whole.writeUInt32LE(sum, sumOffset);
    if (sumFound !== sum) throw new FrameDamage("a frame's sum is wrong");
    const [id, kind, method] = [whole.readUInt32LE(8), whole.readUInt16LE(12), whole.readUInt16LE(14)];
    return { id, kind: kindOf(kind), method, body: alignedBody(whole) };
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
    this.#bytes -= bytes;
    if (joined.byteLength === bytes) this.#pieces.shift();
    else this.#pieces[0] = joined.subarray(bytes);
    return joined.subarray(0, bytes);
  }
}

function kindOf(number: number): FrameKind {
  if (number < frameKinds.request || number > frameKinds.abort) {
    throw new FrameDamage(`a frame is of the unknown kind ${number}`);
  }
  return number as FrameKind; // all between are kinds
}

/** A frame that came in alone is at the beginning of its buffer, so its body needs no copy; of others few do not. */
function alignedBody({ buffer, byteOffset, byteLength }: Buffer): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(buffer as ArrayBuffer, byteOffset + headerBytes, byteLength - headerBytes); // no socket shares memory
  return body.byteOffset % alignment === 0 ? body : body.slice();
}
