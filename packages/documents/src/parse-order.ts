import type { ParseLimits } from "@larder/text-blocks";

/** What the parser child is asked. The reply is a `ParsedDocument`. */
export interface ParseOrder {
  readonly file: string;
  readonly fileName: string | undefined;
  readonly limits: ParseLimits;
}
