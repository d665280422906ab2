import type { Evidence, StoredPassage } from "@larder/contracts";

/** A passage that search found, with its scores. */
export interface RankedPassage {
  readonly passage: StoredPassage;
  /** 0 … 1. */
  readonly score: number;
  readonly scores: Evidence["scores"];
}

/** Contiguous text of one document version, inside one or more neighbouring passages. */
export interface Stretch {
  /** In the order of the document. */
  readonly passages: readonly [StoredPassage, ...StoredPassage[]];
  readonly best: RankedPassage;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Estimate of what the text takes in a prompt: seldom less, by a few at most. */
  readonly tokens: number;
}

/**
 * A passage's text between two offsets into it; all of it when none are given.
 * @param tokens - What it takes, if that was counted.
 */
export function stretchOf(
  ranked: RankedPassage,
  from = 0,
  to = ranked.passage.text.length,
  tokens = Math.ceil((to - from) / 2), // few scripts take more
): Stretch {
  const { passage } = ranked;
  return {
    tokens,
    passages: [passage],
    best: ranked,
    start: passage.start + from,
    end: passage.start + to,
    text: passage.text.slice(from, to),
  };
}

/**
 * The two as one, when they overlap or what lies between them in neighbouring passages may be taken along; otherwise
 * `undefined`. The text stays the document's exact slice.
 *
 * @param isTaken - Asked of the text between two stretches that do not overlap.
 */
export function joinStretches(a: Stretch, b: Stretch, isTaken = isBlank): Stretch | undefined {
  const [first, second] = a.start <= b.start ? [a, b] : [b, a];
  const firstPassage = first.passages[0];
  const secondPassage = second.passages[0];
  if (firstPassage.documentId !== secondPassage.documentId || firstPassage.version !== secondPassage.version) {
    return undefined;
  }
  const between = textBetween(first, second);
  if (between === undefined || !isTaken(between)) return undefined;
  return {
    passages: mergePassages(first.passages, second.passages),
    best: isBetter(second.best, first.best) ? second.best : first.best,
    start: first.start,
    end: Math.max(first.end, second.end),
    text: first.text + between + second.text.slice(Math.max(0, first.end - second.start)),
    tokens: first.tokens + second.tokens + Math.ceil(between.length / 2),
  };
}

/** Greater score first, then the smaller label, so that the order is total. */
export function isBetter(a: RankedPassage, b: RankedPassage): boolean {
  return a.score > b.score || (a.score === b.score && a.passage.label < b.passage.label);
}

export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Each once, in the order of the document: where passages overlap, what begins first may be of the later one. */
function mergePassages(a: Stretch["passages"], b: Stretch["passages"]): Stretch["passages"] {
  const known = new Set(a.map(({ label }) => label));
  const [first = a[0], ...others] = [...a, ...b.filter(({ label }) => !known.has(label))].sort(
    (one, other) => one.ordinal - other.ordinal,
  );
  return [first, ...others];
}

/** Known when both are in one passage or in two that follow each other. */
function textBetween(first: Stretch, second: Stretch): string | undefined {
  if (second.start <= first.end) return "";
  const last = first.passages.at(-1) ?? first.passages[0];
  const next = second.passages[0];
  const from = first.end - last.start;
  if (second.start <= last.end) return last.text.slice(from, second.start - last.start);
  const overlap = Math.max(0, last.end - next.start);
  if (last.ordinal + 1 !== next.ordinal || last.end - overlap + next.lead.length !== next.start) return undefined;
  return last.text.slice(from) + next.lead + next.text.slice(overlap, second.start - next.start);
}
