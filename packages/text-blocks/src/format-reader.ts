import type { ParsedDocument } from "@larder/contracts";
import type { ParseLimits } from "./parse-limits.ts";

/** What a reader is told about the document besides its content. */
export interface ReadContext {
  readonly limits: ParseLimits;
  /** Name given by the sender, for formats that content cannot tell apart; never a path to open. */
  readonly fileName?: string;
  /**
   * Reads a document inside this one, such as the attachment of a mail. Absent where no further nesting is allowed.
   * @throws {@link LarderError} as for a document of its own
   */
  readonly readNested?: (bytes: Uint8Array, fileName: string | undefined) => Promise<ParsedDocument>;
}

/**
 * One format's content to text with positions. `Source` is `Uint8Array`, or `string` for formats that are text: then
 * decoded and cleaned by {@link normaliseText}.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`, `DOCUMENT_UNSUPPORTED`
 */
export type FormatReader<Source extends Uint8Array | string> = (
  source: Source,
  context: ReadContext,
) => ParsedDocument | Promise<ParsedDocument>;
