import { TextDecoder } from "node:util";
import { LarderError } from "@larder/contracts";

const declaredEncoding = /^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']/u;

/**
 * Text of an XML document: in the encoding of its byte order mark, else of its declaration, else UTF-8.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for bytes that the encoding does not have
 */
export async function* decodeXml(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  try {
    for await (const piece of pieces) {
      if (piece.length === 0) continue;
      decoder ??= decoderFor(piece);
      yield decoder.decode(piece, { stream: true });
    }
    if (decoder !== undefined) yield decoder.decode();
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof TypeError) throw malformedXml("encoding", cause);
    throw cause;
  }
}

/** The first piece is believed to hold the declaration whole, which a first piece of at least 200 bytes does. */
function decoderFor(head: Uint8Array): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder("utf-16le", { fatal: true });
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder("utf-16be", { fatal: true });
  const declared = declaredEncoding.exec(Buffer.from(head.subarray(0, 256)).toString("latin1"))?.[1] ?? "utf-8";
  const isWide = /^utf-?16/iu.test(declared); // these letters were read byte by byte, so it cannot be
  return new TextDecoder(isWide ? "utf-8" : declared, { fatal: true });
}

export function malformedXml(problem: string, cause?: unknown): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "xml", problem }, cause });
}
