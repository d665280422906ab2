import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { normaliseText, refuseLongText } from "@larder/text-blocks";
import { readMarkdownStructure } from "../markdown/read-markdown.ts";

const mediaType = "application/x-ipynb+json";

/**
 * A Jupyter notebook as Markdown: its Markdown cells as they are, code cells and what they printed in fences. Pictures
 * and widgets are left out; of an output in several forms the plain text is taken.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function readNotebook(json: string, { limits }: ReadContext): ParsedDocument {
  const notebook = parse(json);
  const metadata = memberOf(notebook, "metadata");
  const language = textOf(memberOf(memberOf(metadata, "language_info"), "name")).replace(/[^\w+#-]/gu, "");
  const pieces: string[] = [];
  let characters = 0;
  for (const cell of cellsOf(notebook)) {
    for (const piece of piecesOf(cell, language)) {
      characters += piece.length;
      refuseLongText(characters, limits.textCharactersMax);
      pieces.push(piece);
    }
  }
  const { text } = normaliseText(pieces.join("\n\n"));
  const structure = readMarkdownStructure(text);
  const title = textOf(memberOf(metadata, "title")).trim();
  return { text, mediaType, pages: [], ...structure, ...(title === "" ? {} : { title }) };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { mediaType }, cause });
  }
}

/** Version 3 of the format had its cells in worksheets. */
function cellsOf(notebook: unknown): readonly unknown[] {
  const cells = memberOf(notebook, "cells");
  if (Array.isArray(cells)) return cells;
  return listOf(memberOf(notebook, "worksheets")).flatMap((sheet) => listOf(memberOf(sheet, "cells")));
}

function piecesOf(cell: unknown, language: string): readonly string[] {
  const source = textOf(memberOf(cell, "source") ?? memberOf(cell, "input")).trimEnd();
  if (memberOf(cell, "cell_type") === "code") {
    const outputs = listOf(memberOf(cell, "outputs"))
      .map(outputText)
      .filter((text) => text.trim() !== "");
    return [...(source.trim() === "" ? [] : [fenced(source, language)]), ...outputs.map((text) => fenced(text, ""))];
  }
  return source.trim() === "" ? [] : [source];
}

function outputText(output: unknown): string {
  const data = memberOf(output, "data") ?? output;
  const name = textOf(memberOf(output, "ename"));
  const error = name === "" ? "" : `${name}: ${textOf(memberOf(output, "evalue"))}`;
  const text = textOf(memberOf(output, "text")) || textOf(memberOf(data, "text/plain")) || error;
  return text.replace(terminalCodes, "").trimEnd();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal start with one
const terminalCodes = /\u001B\[[\d;]*[A-Za-z]/g;

/** In a fence longer than any inside. */
function fenced(text: string, language: string): string {
  const longest = (text.match(/`{3,}/gu) ?? []).reduce((most, marks) => Math.max(most, marks.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text is one string, or the lines of it. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return listOf(value)
    .filter((line) => typeof line === "string")
    .join("");
}
