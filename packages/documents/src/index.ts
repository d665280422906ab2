export { defaultParseLimits, type ParseLimits } from "@larder/text-blocks";
export { type ChildParserOptions, createChildProcessParser, parserId } from "./child-parser.ts";
export { parseBytes } from "./parse-bytes.ts";
export { openSourceReader, type SourceReaderOptions } from "./source-reader.ts";
export { createStructureSplitter, type StructureSplitterOptions } from "./splitter/structure-splitter.ts";
