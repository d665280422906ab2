import { isWhiteSpace } from "@larder/text-blocks";

/** Where a text may be cut, the most welcome kind first. */
export type BoundaryKind = "sentence" | "line" | "cell" | "space" | "word" | "grapheme";

/** A fixed locale: the same text must be cut the same on every machine. */
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
const words = new Intl.Segmenter("en", { granularity: "word" });
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * Offsets in `(start, end)` at which `text` may be cut, ascending. `end` itself is never among them: whether it is a
 * boundary shows only from what comes after. Linear in `end - start`.
 */
export function boundariesOf(kind: BoundaryKind, text: string, start: number, end: number): readonly number[] {
  const isPairCut = end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  const part = text.slice(start, isPairCut ? end - 1 : end);
  switch (kind) {
    case "sentence":
      // A single line end inside a paragraph is only where the line was full; blank lines do end a sentence.
      return segmentStarts(sentences, part.replace(/(?<!\n)\n(?!\n)/gu, " "), start);
    case "line":
      return offsetsAfter(part, start, (unit) => unit === 0x0a);
    case "cell":
      return cellStarts(part, start);
    case "space":
      return offsetsAfter(part, start, isWhiteSpace);
    case "word":
      return segmentStarts(words, part, start);
    default:
      if (/^[\x20-\x7E]*$/u.test(part))
        return Array.from({ length: Math.max(0, part.length - 1) }, (_, at) => start + at + 1);
      return segmentStarts(graphemes, part, start);
  }
}

function segmentStarts(segmenter: Intl.Segmenter, part: string, start: number): readonly number[] {
  const offsets: number[] = [];
  for (const { index } of segmenter.segment(part)) if (index > 0) offsets.push(start + index);
  return offsets;
}

/** Behind a bar that parts two cells of a Markdown table's row; an escaped one is part of a cell. */
function cellStarts(part: string, start: number): readonly number[] {
  const offsets: number[] = [];
  for (let bar = part.indexOf("| ", 1); bar !== -1; bar = part.indexOf("| ", bar + 1)) {
    if (part[bar - 1] !== "\\") offsets.push(start + bar + 2);
  }
  return offsets;
}

/** A mark or a joiner belongs to the character before it, even when that is a space. */
const joinsBackward = /^[\p{M}\p{Emoji_Modifier}\u200D]/u;

function offsetsAfter(part: string, start: number, isEnd: (unit: number) => boolean): readonly number[] {
  const offsets: number[] = [];
  for (let at = 1; at < part.length; at += 1) {
    if (!isEnd(part.charCodeAt(at - 1)) || isWhiteSpace(part.charCodeAt(at))) continue;
    if (!joinsBackward.test(part.slice(at, at + 2))) offsets.push(start + at);
  }
  return offsets;
}
