import type { BlockKind, TextBlock } from "@larder/contracts";
import { HeadingPath, skipWhiteSpace, toHeadingTitle, trimWhiteSpaceEnd } from "@larder/text-blocks";

/** What starts at a line, other than a paragraph. Lines are given without their line break. */
export interface Opening {
  readonly kind: BlockKind;
  /** For headings: from 1, and the words without marks. */
  readonly heading?: { readonly level: number; readonly title: string };
  /** Lines that belong to it for certain. @defaultValue 1 */
  readonly lines?: number;
  /** Whether a line after those still belongs to it. Asked in order, until it says no. */
  readonly continues?: (line: string, next: string | undefined) => boolean;
  /** Whether a line after those is its last one. */
  readonly closes?: (line: string) => boolean;
  readonly columns?: (text: string) => readonly string[] | undefined;
}

export interface LineView {
  readonly line: string;
  readonly next: string | undefined;
  readonly afterNext: string | undefined;
  readonly isAfterBlank: boolean;
  /** The last line before this one that is not blank. */
  readonly previous: string;
}

/** How a lightweight markup marks its blocks. Made anew for each text, so that it may remember what it saw. */
export type MarkupRules = (view: LineView) => Opening | undefined;

/** Only so much of a line is looked at: marks stand in front. Chosen arbitrarily. */
const lineCharactersMax = 2_000;

/** The blocks of a text whose blocks are marked at the starts of lines; the text itself stays as it is. Linear. */
export function markupBlocks(text: string, rules: MarkupRules): readonly TextBlock[] {
  const path = new HeadingPath();
  const blocks: TextBlock[] = [];
  const push = (kind: BlockKind, from: number, to: number, columns?: Opening["columns"]): void => {
    const start = skipWhiteSpace(text, from, to);
    const end = trimWhiteSpaceEnd(text, start, to);
    if (end <= start) return;
    const names = columns?.(text.slice(start, end));
    blocks.push({ kind, start, end, headings: path.titles, ...(names === undefined ? {} : { columns: names }) });
  };
  let flowing: { kind: BlockKind; start: number } | undefined;
  const flush = (end: number): void => {
    if (flowing !== undefined) push(flowing.kind, flowing.start, end);
    flowing = undefined;
  };
  let previous = "";
  let isAfterBlank = true;
  for (let at = 0; at < text.length; ) {
    const line = lineAt(text, at) ?? "";
    const after = nextLine(text, at);
    if (line.trim() === "") {
      flush(at);
      isAfterBlank = true;
      at = after;
      continue;
    }
    const next = lineAt(text, after);
    const opening = rules({ line, next, afterNext: lineAt(text, nextLine(text, after)), isAfterBlank, previous });
    previous = line;
    isAfterBlank = false;
    if (opening === undefined) {
      flowing ??= { kind: "paragraph", start: at };
      at = after;
      continue;
    }
    flush(at);
    if (opening.kind === "list_item") {
      flowing = { kind: "list_item", start: at };
      at = after;
      continue;
    }
    const end = endOf(text, at, opening);
    if (opening.heading !== undefined && opening.heading.title !== "") {
      path.enter(opening.heading.level, opening.heading.title);
    }
    push(opening.kind, at, end, opening.columns);
    at = end;
  }
  flush(text.length);
  return blocks;
}

/** The title of level 1 that stands first among the headings. */
export function firstTitle(blocks: readonly TextBlock[]): string | undefined {
  const heading = blocks.find(({ kind }) => kind === "heading");
  const title = heading?.headings.at(0);
  return title === undefined ? undefined : toHeadingTitle(title);
}

function endOf(text: string, start: number, { lines = 1, continues, closes }: Opening): number {
  let at = start;
  for (let count = 0; count < lines; count += 1) at = nextLine(text, at);
  if (closes !== undefined) {
    while (at < text.length && !closes(lineAt(text, at) ?? "")) at = nextLine(text, at);
    return nextLine(text, at);
  }
  if (continues !== undefined) {
    while (at < text.length) {
      const after = nextLine(text, at);
      if (!continues(lineAt(text, at) ?? "", lineAt(text, after))) break;
      at = after;
    }
  }
  return at;
}

function lineAt(text: string, start: number): string | undefined {
  if (start >= text.length) return undefined;
  const lineBreak = text.indexOf("\n", start);
  const end = lineBreak < 0 ? text.length : lineBreak;
  return text.slice(start, Math.min(end, start + lineCharactersMax));
}

function nextLine(text: string, start: number): number {
  const lineBreak = start >= text.length ? -1 : text.indexOf("\n", start);
  return lineBreak < 0 ? text.length : lineBreak + 1;
}
