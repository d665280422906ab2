import type { ParsedDocument, PassageSplitter } from "@larder/contracts";

/** How text becomes passages, for measuring search on texts that are there already. */
export interface TextReading {
  /** As the parser process reads a file of plain text, but inside this process. */
  parse(text: string): Promise<ParsedDocument>;
  /** The worker's. */
  readonly splitter: PassageSplitter;
}
