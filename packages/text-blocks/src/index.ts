export { BlockWriter, refuseLongText } from "./block-writer.ts";
export type { FormatReader, ReadContext } from "./format-reader.ts";
export { hasHeaderRow } from "./header-row.ts";
export { HeadingPath, toHeadingTitle } from "./heading-path.ts";
export { markdownTable, tableRow, tableRule } from "./markdown-table.ts";
export { hasVisibleCharacter, normaliseText } from "./normalise-text.ts";
export { paragraphBlocks } from "./paragraph-blocks.ts";
export { defaultParseLimits, type ParseLimits } from "./parse-limits.ts";
export { isWhiteSpace, skipWhiteSpace, trimWhiteSpaceEnd } from "./white-space.ts";
