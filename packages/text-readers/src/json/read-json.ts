import type { ParsedDocument, ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { BlockWriter, paragraphBlocks, refuseLongText } from "@larder/text-blocks";
import type { JsonValue } from "./parse-json.ts";
import { parseJson } from "./parse-json.ts";
import { writeJson } from "./write-json.ts";

const shortenedWarning: ParseWarning = {
  code: "nesting_capped",
  message: "names of values nested too deeply were shortened",
};

/**
 * A JSON document as text of `path: value` lines and tables ({@link writeJson}). What is called JSON and is not stays as
 * it is, with the warning `structure_skipped`.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function readJson(text: string, { limits }: ReadContext): ParsedDocument {
  refuseLongText(text.length, 2 * limits.textCharactersMax); // indentation and brackets count half
  const value = tryParse(text);
  if (value === undefined) {
    refuseLongText(text.length, limits.textCharactersMax);
    const blocks = paragraphBlocks(text, 0, text.length);
    const message = "the text is not valid JSON and was taken as plain text";
    return { text, mediaType: "text/plain", blocks, pages: [], warnings: [{ code: "structure_skipped", message }] };
  }
  return write([value], "application/json", limits.textCharactersMax, []);
}

/**
 * Lines that are one JSON value each (JSON Lines): a table where they are alike, else the values one after another.
 * Lines that are no JSON stay as they are, with the warning `lines_malformed`.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function readJsonLines(text: string, { limits }: ReadContext): ParsedDocument {
  refuseLongText(text.length, 2 * limits.textCharactersMax);
  let malformed = 0;
  const values: JsonValue[] = [];
  for (let start = 0; start < text.length; ) {
    const lineBreak = text.indexOf("\n", start);
    const end = lineBreak < 0 ? text.length : lineBreak;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === "") continue;
    const value = tryParse(line);
    if (value === undefined) malformed += 1;
    values.push(value ?? line);
  }
  const message = `${malformed} lines are not valid JSON and were taken as they are`;
  const warnings = malformed === 0 ? [] : [{ code: "lines_malformed", message }];
  return write([{ kind: "array", items: values }], "application/jsonl", limits.textCharactersMax, warnings);
}

function tryParse(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (thrown) {
    if (LarderError.is(thrown) && thrown.code === "DOCUMENT_MALFORMED") return undefined;
    throw thrown;
  }
}

function write(
  values: readonly JsonValue[],
  mediaType: string,
  textCharactersMax: number,
  found: readonly ParseWarning[],
): ParsedDocument {
  const writer = new BlockWriter(textCharactersMax);
  let isShortened = false;
  for (const value of values) isShortened = writeJson(writer, value, []) || isShortened;
  const warnings = isShortened ? [...found, shortenedWarning] : found;
  return { text: writer.toString(), mediaType, blocks: writer.blocks, pages: [], warnings };
}
