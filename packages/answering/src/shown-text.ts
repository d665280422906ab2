import { withoutPromptSigns } from "@larder/contracts";
import type { Span } from "@larder/sentences";

/**
 * The part of a sentence that is quoted: without the signs around it that say how it is set (a heading's `#`, a list
 * item's bullet or number, a quote's `>`, a table row's bars) and without the marks of notes behind it, which lead
 * nowhere outside of their document. The whole sentence when nothing else would be left.
 */
export function quotedSpan(text: string, { start, end }: Span): Span {
  const sentence = text.slice(start, end);
  const lead = /^(?:(?:#{1,6}|>|[-*+•–]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?)*(?:\|\s*)?/.exec(sentence)?.[0] ?? "";
  const tail = /(?:\s*\|)?(?:\s?\[(?:\d{1,3}|[a-z]|note \d{1,3}|citation needed)\])*$/.exec(
    sentence.slice(lead.length),
  );
  const cut = tail?.[0].length ?? 0;
  return lead.length + cut < sentence.length ? { start: start + lead.length, end: end - cut } : { start, end };
}

/**
 * A quote as an answer shows it: one line, without Markdown's stars and link targets, and without the marks of notes, so
 * that each number in square brackets is a marker of the answer's own.
 */
export function shownText(quote: string): string {
  const plain = quote
    .replace(/!?\[([^\]\n]{1,200})\]\([^()\s]{0,500}\)/g, "$1")
    .replace(/\s?\[[\d\s,;]+\]/g, "")
    .replace(/(\*\*|__)(\S(?:[^\n]*?\S)?)\1/g, "$2")
    .replace(/\*\*/g, "");
  return withoutPromptSigns(plain).replace(/\s+/g, " ").trim();
}
