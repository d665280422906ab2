import type { Readable } from "node:stream";
import { pipeline, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { LarderError } from "@larder/contracts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A map, since a server chooses the name: an object would have a `constructor`. */
const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => createGunzip()],
  ["x-gzip", () => createGunzip()],
  ["deflate", () => createInflate()],
  ["br", () => createBrotliDecompress()],
]);

/**
 * The body without its content encoding, though none was asked for. Counts decoded bytes, so that a small answer cannot
 * become a large document; encodings on top of each other are refused.
 */
export function decodedBody(
  body: Readable,
  headers: Headers,
  bytesMax: number,
  tooLarge: () => LarderError,
): AsyncIterable<Uint8Array> {
  const named = [headers["content-encoding"] ?? []].flat().join(",");
  const encodings = named
    .split(",")
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== "" && encoding !== "identity");
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) done(tooLarge());
      else done(null, chunk);
    },
  });
  const [encoding] = encodings;
  const createDecoder = encoding === undefined ? undefined : decoders.get(encoding);
  if (encodings.length > 1 || (encoding !== undefined && createDecoder === undefined)) {
    throw new LarderError("ADDRESS_REFUSED", { details: { reason: "content_encoding" } });
  }
  const ignoreHere = () => undefined; // whoever reads the counter is told
  return createDecoder === undefined
    ? pipeline(body, counter, ignoreHere)
    : pipeline(body, createDecoder(), counter, ignoreHere);
}
