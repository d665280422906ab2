import type { Citation } from "@larder/contracts";
import { sentenceSpans } from "@larder/sentences";
import { termsOf } from "./terms.ts";

export type ReadPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "citation"; readonly citation: Citation };

/**
 * Reads a model's text as it comes and gives it out with the markers that are verified, and no others.
 *
 * `[3]` or `[1, 3]` behind a statement is looked up by `support`; a marker without support is taken out of the text, so
 * what is shown never points to what does not stand there. Text is held back only while it may still become a marker.
 * Markdown links lose their effect (`](` becomes `] (`): an answer links to its evidence and to nothing else. Code
 * between backticks is left alone.
 */
export interface CitationReader {
  push(text: string): readonly ReadPart[];
  /** Gives out what was held back. */
  end(): readonly ReadPart[];
  /** What was shown so far. */
  text(): string;
  readonly citations: readonly Citation[];
  /** There is a citation, and each sentence that states something has one. */
  isGrounded(): boolean;
}

const marker = /^([ \t]{0,8})\[(\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*)\]/;
const markerBeginning = /^[ \t]{0,8}\[[\d\s,;]{0,40}$/;
/** How far back a statement may begin. */
const statementCharactersMax = 2_000;

export function createCitationReader(
  support: (marker: number, statement: string) => Citation | undefined,
): CitationReader {
  let held = "";
  let shown = "";
  /** What is shown, without markers. */
  let plain = "";
  /** Length of the backtick run that opened the code we are in; 0 outside. */
  let fence = 0;
  let statement = "";
  let statementEnd = 0;
  let statementMarkers = new Set<number>();
  const markedAt: number[] = [];
  const citations: Citation[] = [];
  let parts: ReadPart[] = [];

  function give(text: string, isMarker = false): void {
    if (text === "") return;
    shown += text;
    if (!isMarker) plain += text;
    const last = parts.at(-1);
    if (last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + text };
    else parts.push({ kind: "text", text });
  }

  function giveHeld(length: number): void {
    give(held.slice(0, length));
    held = held.slice(length);
  }

  /** The marked statement: what stands since the last marker, or the sentence when that says too little. */
  function candidates(): readonly string[] {
    const end = plain.trimEnd().length;
    if (end === statementEnd) return statement === "" ? [] : [statement];
    const from = Math.max(0, end - statementCharactersMax);
    const before = plain.slice(from, end);
    const sentenceStart = from + (sentenceSpans(before).at(-1)?.start ?? 0);
    const sentence = plain.slice(sentenceStart, end);
    if (!/[\p{L}\p{N}]/u.test(sentence)) return [];
    const clause = plain.slice(Math.max(sentenceStart, statementEnd), end);
    return termsOf(clause).length >= 2 ? [clause, sentence] : [sentence];
  }

  function readMarkers(space: string, list: string, next: string): void {
    const statements = candidates();
    const end = plain.trimEnd().length;
    if (end !== statementEnd) {
      statement = statements[0] ?? "";
      statementEnd = end;
      statementMarkers = new Set();
    }
    const numbers = list.split(/[,;]/).map(Number);
    const isLink = next === "(" || (next === ":" && /(^|\n)\s*$/.test(plain));
    let verified = "";
    for (const number of isLink ? [] : numbers) {
      if (statementMarkers.has(number)) continue;
      const citation = statements.map((text) => support(number, text)).find((found) => found !== undefined);
      if (citation === undefined) continue;
      statementMarkers.add(number);
      give(verified === "" ? `${space}[${number}]` : `[${number}]`, true);
      verified += number;
      markedAt.push(end);
      if (!citations.some((known) => isSame(known, citation))) {
        citations.push(citation);
        parts.push({ kind: "citation", citation });
      }
    }
    if (verified === "" && /[\p{L}\p{N}]/u.test(next)) give(space);
  }

  /** Gives out all that is certain; all there is when `isLast`. */
  function read(isLast: boolean): readonly ReadPart[] {
    parts = [];
    while (held !== "" && (fence === 0 ? readText(isLast) : readCode(isLast)));
    return parts;
  }

  function readCode(isLast: boolean): boolean {
    const closing = new RegExp(fence < 3 ? `\`{${fence},}|\n` : `\`{${fence},}`).exec(held);
    const end = closing === null ? held.length : closing.index + closing[0].length;
    if (!isLast && (closing === null || (end === held.length && closing[0] !== "\n"))) {
      giveHeld(held.length - (/`+$/.exec(held)?.[0].length ?? 0));
      return false;
    }
    giveHeld(end);
    if (closing !== null) fence = 0;
    return true;
  }

  function readText(isLast: boolean): boolean {
    const sign = /[ \t]{0,8}\[|\]|`+/.exec(held);
    if (sign === null) {
      giveHeld(isLast ? held.length : held.trimEnd().length);
      return false;
    }
    giveHeld(sign.index);
    if (sign[0].startsWith("`")) {
      if (!isLast && sign[0].length === held.length) return false;
      fence = sign[0].length;
      giveHeld(fence);
      return true;
    }
    if (sign[0] === "]") {
      if (!isLast && held.length === 1) return false;
      giveHeld(1);
      if (held.startsWith("(")) give(" ");
      return true;
    }
    const found = marker.exec(held);
    if (found === null) {
      if (!isLast && markerBeginning.test(held)) return false;
      giveHeld(sign[0].length);
      return true;
    }
    const [whole, space = "", list = ""] = found;
    if (!isLast && whole.length === held.length) return false; // what follows tells a link from a marker
    held = held.slice(whole.length);
    readMarkers(space, list, held.charAt(0));
    return true;
  }

  return {
    push(text) {
      held += text;
      return read(false);
    },
    end: () => read(true),
    text: () => shown,
    citations,
    isGrounded: () => citations.length > 0 && sentenceSpans(plain).every((span) => isMarked(plain, span, markedAt)),
  };
}

function isMarked(plain: string, span: { start: number; end: number }, markedAt: readonly number[]): boolean {
  if (markedAt.some((offset) => offset > span.start && offset <= span.end)) return true;
  const sentence = plain.slice(span.start, span.end);
  return /[?:]$|^#/.test(sentence) || termsOf(sentence.replace(/^\d+[.)]/, "")).length === 0;
}

function isSame(a: Citation, b: Citation): boolean {
  return a.marker === b.marker && a.start === b.start && a.end === b.end;
}
