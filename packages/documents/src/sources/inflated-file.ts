import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";

/** Files that unpack to no more than this may do so at any ratio. */
const ratioExemptBytes = 1024 * 1024;

export interface InflateLimits {
  readonly bytesMax: number;
  readonly ratioMax: number;
  readonly tooManyBytes: () => Error;
  readonly tooHighRatio: () => Error;
  readonly damaged: (cause: unknown) => Error;
}

/** What a file of gzip holds, piece by piece, with bytes counted as they come and not as they are declared. */
export async function* inflatedFile(file: string, limits: InflateLimits): AsyncGenerator<Uint8Array> {
  const packedBytes = (await stat(file)).size;
  const source = createReadStream(file);
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let bytes = 0;
  try {
    for await (const piece of withDamage(gunzip, limits.damaged)) {
      bytes += piece.byteLength;
      if (bytes > Math.max(ratioExemptBytes, packedBytes * limits.ratioMax)) throw limits.tooHighRatio();
      if (bytes > limits.bytesMax) throw limits.tooManyBytes();
      yield piece;
    }
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* withDamage(
  pieces: AsyncIterable<Uint8Array>,
  damaged: InflateLimits["damaged"],
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (cause) {
    throw cause instanceof Error && "syscall" in cause ? cause : damaged(cause);
  }
}
