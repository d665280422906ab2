import { longTableEnd } from "./long-table.ts";

export interface MarkdownSection {
  readonly start: number;
  readonly end: number;
  /** Whether it is one table and nothing else. */
  readonly isTable?: true;
}

/** The reader of Markdown takes quadratic time from some 200,000 characters on; sections of this size stay far below. */
const sectionCharacters = 32 * 1024;
/** The same for a text of short lines. */
const sectionLines = 500;

const fenceStart = /^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})/u;
const rawStart = /^ {0,3}<(!--|pre|script|style|textarea)/iu;
const rawEnds: Readonly<Record<string, RegExp>> = { "!--": /-->/u };

/** A heading or a list item at the margin ends every paragraph and container before it. */
const blockStart = /^(?:#{1,6}[ \t]|[-*+] +[^\s*+-])/u;
/** A numbered item is a new one after another; after words it may be a part of them. */
const numberedItem = /^\d{1,9}[.)][ \t]+\S/u;

/**
 * Cuts a Markdown text where a block of the outermost level starts, so that each part can be read by itself: before
 * headings and list items at the margin, and before anything at the margin after a blank line; never inside fenced code
 * or raw HTML. Sections have at least 32 Ki characters or 500 lines, save for long tables, and end at the next such place
 * after that. Linear.
 */
export function* markdownSections(text: string, start: number): Generator<MarkdownSection> {
  let sectionStart = start;
  let isAfterBlank = true;
  let isAfterNumber = false;
  let lines = 0;
  let fence: { readonly mark: string; readonly indent: number } | undefined;
  let rawEnd: RegExp | undefined;
  for (let lineStart = start; lineStart < text.length; ) {
    const lineBreak = text.indexOf("\n", lineStart);
    const lineEnd = lineBreak < 0 ? text.length : lineBreak;
    const head = text.slice(lineStart, Math.min(lineEnd, lineStart + 200));
    const tableEnd = fence === undefined && rawEnd === undefined && isAfterBlank ? longTableEnd(text, lineStart) : 0;
    if (tableEnd > 0) {
      if (lineStart > sectionStart) yield { start: sectionStart, end: lineStart };
      yield { start: lineStart, end: tableEnd, isTable: true };
      sectionStart = tableEnd;
      lineStart = tableEnd;
      lines = 0;
      continue;
    }
    const isInside = fence !== undefined || rawEnd !== undefined;
    const isNumber = numberedItem.test(head);
    const isCut =
      !isInside && (blockStart.test(head) || (isAfterBlank && /^\S/u.test(head)) || (isAfterNumber && isNumber));
    if (isCut && (lines >= sectionLines || lineStart - sectionStart >= sectionCharacters)) {
      yield { start: sectionStart, end: lineStart };
      sectionStart = lineStart;
      lines = 0;
    }
    lines += 1;
    isAfterNumber = isNumber;
    if (fence !== undefined) {
      if (closesFence(head, fence)) fence = undefined;
    } else {
      rawEnd ??= rawEndOf(head);
      if (rawEnd?.test(text.slice(lineStart, lineEnd)) === true) rawEnd = undefined;
      const opening = rawEnd === undefined ? fenceStart.exec(head) : null;
      if (opening !== null) fence = { mark: opening[2] ?? "", indent: opening[1]?.length ?? 0 };
    }
    isAfterBlank = head.trim() === "";
    lineStart = lineEnd + 1;
  }
  if (sectionStart < text.length) yield { start: sectionStart, end: text.length };
}

function closesFence(line: string, { mark, indent }: { readonly mark: string; readonly indent: number }): boolean {
  const bare = line.replace(/^[ \t>]*/u, "");
  const isOnlyMarks = bare.trimEnd() === mark.charAt(0).repeat(bare.trimEnd().length);
  return isOnlyMarks && bare.trimEnd().length >= mark.length && line.length - bare.length <= indent + 3;
}

function rawEndOf(line: string): RegExp | undefined {
  const name = rawStart.exec(line)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  return rawEnds[name] ?? new RegExp(`</${name}>`, "iu");
}
