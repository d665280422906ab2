import type { VectorCollectionId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

interface NumbersType<Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): Numbers;
}

export interface Taker {
  <Numbers>(type: NumbersType<Numbers>, length: number): Numbers;
  /** All bytes were taken, or what was said of them is wrong. */
  end(): void;
}

/** Lays views over a body, one behind the other, none beyond its end. */
export function taker(body: Uint8Array<ArrayBuffer>): Taker {
  let offset = body.byteOffset;
  const end = body.byteOffset + body.byteLength;
  const take = <Numbers>(type: NumbersType<Numbers>, length: number): Numbers => {
    const bytes = length * type.BYTES_PER_ELEMENT;
    if (offset + bytes > end) throw damage();
    const numbers = new type(body.buffer, offset, length);
    offset += bytes;
    return numbers;
  };
  return Object.assign(take, {
    end(): void {
      if (offset !== end) throw damage();
    },
  });
}

export function takeId(take: Taker, bytes: number): VectorCollectionId {
  return Buffer.from(take(Uint8Array, bytes)).toString("utf8") as VectorCollectionId; // went in as one
}

function damage(): LarderError {
  return new LarderError("UNEXPECTED", { cause: "the length of a frame is not what its counts say" });
}

export function bytesOf(numbers: Float32Array | Float64Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
