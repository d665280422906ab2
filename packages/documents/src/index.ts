export { type ChildParserOptions, createChildProcessParser, parserId } from "./child-parser.ts";
export { parseBytes } from "./parse-bytes.ts";
export { defaultParseLimits, type ParseLimits } from "./parse-limits.ts";
export { createStructureSplitter, type StructureSplitterOptions } from "./splitter/structure-splitter.ts";
