import type { Evidence, StoredPassage } from "@larder/contracts";

/** A passage that search found, with its scores. */
export interface RankedPassage {
  readonly passage: StoredPassage;
  /** 0 … 1. */
  readonly score: number;
  readonly scores: Evidence["scores"];
}

/** Contiguous text of one document version, made of one or more passages. */
export interface Stretch {
  /** In the order of the document. */
  readonly passages: readonly [StoredPassage, ...StoredPassage[]];
  readonly best: RankedPassage;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One passage as a stretch; `length` keeps only its first characters. */
export function stretchOf(ranked: RankedPassage, length = ranked.passage.text.length): Stretch {
  const { passage } = ranked;
  const text = passage.text.slice(0, length);
  return { passages: [passage], best: ranked, start: passage.start, end: passage.start + text.length, text };
}

/**
 * The two as one, when they overlap, touch, or only the white space between neighbouring passages lies between them;
 * otherwise `undefined`. The text stays the document's exact slice.
 */
export function joinStretches(a: Stretch, b: Stretch): Stretch | undefined {
  const [first, second] = a.start <= b.start ? [a, b] : [b, a];
  const firstPassage = first.passages[0];
  const secondPassage = second.passages[0];
  if (firstPassage.documentId !== secondPassage.documentId || firstPassage.version !== secondPassage.version) {
    return undefined;
  }
  const between = textBetween(first, second);
  if (between === undefined) return undefined;
  return {
    passages: [firstPassage, ...first.passages.slice(1), ...second.passages],
    best: isBetter(second.best, first.best) ? second.best : first.best,
    start: first.start,
    end: Math.max(first.end, second.end),
    text: first.text + between + second.text.slice(Math.max(0, first.end - second.start)),
  };
}

/** Greater score first, then the smaller label, so that the order is total. */
export function isBetter(a: RankedPassage, b: RankedPassage): boolean {
  return a.score > b.score || (a.score === b.score && a.passage.label < b.passage.label);
}

function textBetween(first: Stretch, second: Stretch): string | undefined {
  if (second.start <= first.end) return "";
  const { lead, start, ordinal } = second.passages[0];
  const isNext = first.passages.some((passage) => passage.ordinal === ordinal - 1);
  return isNext && start === second.start && first.end + lead.length === start ? lead : undefined;
}
