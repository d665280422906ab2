import type { VectorsByText } from "./prepared-document.ts";

/**
 * Vectors made so far, as bytes: for each its text's SHA-256 (32 bytes), then its 32-bit floats in the machine's byte
 * order. Nothing says how many: the length does, and whoever keeps the bytes proves that they are whole.
 */
export function encodeVectors(vectors: VectorsByText, dimensions: number): Uint8Array {
  const rowBytes = hashBytes + 4 * dimensions;
  const bytes = Buffer.alloc(vectors.size * rowBytes);
  let offset = 0;
  for (const [sha256, vector] of vectors) {
    bytes.write(sha256, offset, "hex");
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), offset + hashBytes);
    offset += rowBytes;
  }
  return bytes;
}

/** Empty when the length is none of vectors of so many dimensions. */
export function decodeVectors(content: Uint8Array, dimensions: number): VectorsByText {
  const rowBytes = hashBytes + 4 * dimensions;
  const vectors = new Map<string, Float32Array>();
  if (content.byteLength % rowBytes !== 0) return vectors;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (let offset = 0; offset < bytes.byteLength; offset += rowBytes) {
    const sha256 = bytes.toString("hex", offset, offset + hashBytes);
    const row = Uint8Array.from(bytes.subarray(offset + hashBytes, offset + rowBytes)); // a copy, so that it is aligned
    vectors.set(sha256, new Float32Array(row.buffer));
  }
  return vectors;
}

const hashBytes = 32;
