import type { VectorCollectionId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

interface NumbersType<Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): Numbers;
}

/** Lays views over a body, one behind the other, none beyond its end. */
export class BodyReader {
  readonly #buffer: ArrayBuffer;
  readonly #end: number;
  #offset: number;

  constructor(body: Uint8Array<ArrayBuffer>) {
    this.#buffer = body.buffer;
    this.#offset = body.byteOffset;
    this.#end = body.byteOffset + body.byteLength;
  }

  take<Numbers>(type: NumbersType<Numbers>, length: number): Numbers {
    const bytes = length * type.BYTES_PER_ELEMENT;
    if (this.#offset + bytes > this.#end) throw damage();
    const numbers = new type(this.#buffer, this.#offset, length);
    this.#offset += bytes;
    return numbers;
  }

  takeText(bytes: number): string {
    return bytes === 0 ? "" : Buffer.from(this.take(Uint8Array, bytes)).toString("utf8");
  }

  takeId(bytes: number): VectorCollectionId {
    return this.takeText(bytes) as VectorCollectionId; // went in as one
  }

  /** All bytes were taken, or what was said of them is wrong. */
  end(): void {
    if (this.#offset !== this.#end) throw damage();
  }
}

function damage(): LarderError {
  return new LarderError("UNEXPECTED", { cause: "the length of a frame is not what its counts say" });
}

export function bytesOf(numbers: Float32Array | Float64Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

export function bytesOfParts(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const { byteLength } of parts) bytes += byteLength;
  return bytes;
}
