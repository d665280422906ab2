import type { ParseLimits } from "./parse-limits.ts";

/** What the parser child is asked. The reply is a `ParsedDocument`. */
export interface ParseOrder {
  readonly file: string;
  readonly fileName: string | undefined;
  readonly limits: ParseLimits;
}
