import { createHash } from "node:crypto";

/** Lower-case hexadecimal. Text is hashed as UTF-8. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Of several pieces, one after the other. */
export function sha256Bytes(...pieces: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Of a vector's 32-bit floats in little-endian order. */
export function sha256OfVector(vector: Float32Array): string {
  return sha256Hex(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}
