import { LarderError } from "@larder/contracts";

/**
 * Old formats are full of offsets. Where one leads out of the bytes, reading it is a `RangeError` of Node's; that is what
 * the document's damage looks like here.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for those, and whatever else `read` throws
 */
export function refuseDamage<Result>(mediaType: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LarderError("DOCUMENT_MALFORMED", { details: { mediaType, problem: "offset" }, cause });
  }
}
