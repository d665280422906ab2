import type { Label, LexicalHit } from "@larder/contracts";
import type { Postings } from "./kept-postings.ts";

const pageLabels = 4_096;
/** Hits above the limit are sorted out once there are so many times as many as wanted. */
const roomFactor = 4;

/**
 * Adds up what each label scores in these postings, term by term in their order, and takes the best: higher scores first,
 * then lower labels. Every score is above 0. Cost: one addition for each posting, and memory for the labels' range in
 * pages, none for a page without postings.
 */
export function bestLabels(
  postings: readonly Postings[],
  limit: number,
  allowed?: ReadonlySet<Label>,
): readonly LexicalHit[] {
  const best: LexicalHit[] = [];
  let floor = 0;
  const cut = () => {
    best.sort(compareHits);
    best.length = Math.min(best.length, limit);
    floor = best.length === limit ? (best.at(-1)?.score ?? 0) : 0;
  };
  for (const [page, sums] of addUp(postings)) {
    for (let at = 0; at < pageLabels; at++) {
      const score = sums[at] ?? 0;
      if (score === 0 || score < floor) continue;
      const label = (page * pageLabels + at) as Label;
      if (allowed !== undefined && !allowed.has(label)) continue;
      best.push({ label, score });
      if (best.length >= limit * roomFactor) cut();
    }
  }
  cut();
  return best;
}

/** What each of these labels scores in all postings together, term by term in their order; none for 0. */
export function sumsOf(postings: readonly Postings[], labels: readonly Label[]): ReadonlyMap<Label, number> {
  const sums = new Map<Label, number>();
  for (const { labels: held, scores } of postings) {
    for (const label of labels) {
      const at = placeOf(label, held);
      if (held[at] === label) sums.set(label, (sums.get(label) ?? 0) + (scores[at] ?? 0));
    }
  }
  return sums;
}

/** Where the label stands, or would stand, among the ascending ones. */
function placeOf(label: Label, held: Float64Array): number {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((held[middle] ?? 0) < label) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function compareHits(a: LexicalHit, b: LexicalHit): number {
  return b.score - a.score || a.label - b.label;
}

function addUp(postings: readonly Postings[]): ReadonlyMap<number, Float64Array> {
  const pages = new Map<number, Float64Array>();
  for (const { labels, scores } of postings) {
    let first = 0;
    let sums: Float64Array = new Float64Array(0);
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] ?? 0;
      if (label >= first + sums.length || label < first) {
        const page = Math.floor(label / pageLabels);
        first = page * pageLabels;
        sums = pages.get(page) ?? new Float64Array(pageLabels);
        pages.set(page, sums);
      }
      sums[label - first] = (sums[label - first] ?? 0) + (scores[i] ?? 0);
    }
  }
  return pages;
}
