import type { Evidence } from "@larder/contracts";
import { evidenceText } from "@larder/contracts";
import { fittingLength } from "./cut-text.ts";
import type { RankedPassage, Stretch } from "./stretch.ts";
import { isBetter, joinStretches, stretchOf } from "./stretch.ts";

export interface PackLimits {
  /** Most tokens of all evidence together, as it stands in a prompt. */
  readonly tokenBudget: number;
  /** Most pieces of evidence. */
  readonly limit: number;
  countTokens(text: string): number;
}

export interface PackedEvidence {
  /** Best first. */
  readonly evidence: readonly Evidence[];
  readonly tokens: number;
}

/** Evidence is counted with a marker of two digits: its final place is not known while it is packed. */
const countedMarker = 99;

/**
 * Passages to evidence under a token budget.
 *
 * Greedy by score: each passage in turn is added when the whole still fits, joined with what it touches. One that does
 * not fit is passed over, for a smaller one may still fit; only the very best is cut, at a sentence's or else a word's
 * end, rather than left out. The first passage that would need one piece more than `limit` ends the packing, since
 * everything after it is worse.
 *
 * What comes out never costs more than the budget, holds each character of a document at most once, is verbatim, and
 * depends on nothing but the arguments. Cost: `O(n × pieces)` joins and one token count per attempt.
 */
export function packEvidence(ranked: readonly RankedPassage[], limits: PackLimits): PackedEvidence {
  const inOrder = ranked.toSorted((a, b) => (isBetter(a, b) ? -1 : isBetter(b, a) ? 1 : 0));
  let packed: readonly Counted[] = [];
  let tokens = 0;
  for (const [rank, candidate] of inOrder.entries()) {
    const step = add(stretchOf(candidate), packed, limits) ?? (rank === 0 ? addCut(candidate, limits) : undefined);
    if (step === undefined) continue;
    if (step.packed.length > limits.limit) break;
    if (step.tokens > limits.tokenBudget) continue;
    packed = step.packed;
    tokens = step.tokens;
  }
  const best = packed.toSorted((a, b) => (isBetter(a.stretch.best, b.stretch.best) ? -1 : 1));
  return { evidence: best.map(toEvidence), tokens };
}

interface Counted {
  readonly stretch: Stretch;
  readonly tokens: number;
}

interface Step {
  readonly packed: readonly Counted[];
  readonly tokens: number;
}

/** The pieces with one stretch more; `undefined` when it alone is too large. */
function add(stretch: Stretch, packed: readonly Counted[], limits: PackLimits): Step | undefined {
  let joined = stretch;
  let others = packed;
  for (let touching = findTouching(joined, others); touching !== undefined; touching = findTouching(joined, others)) {
    joined = touching.joined;
    others = touching.others;
  }
  const counted = { stretch: joined, tokens: limits.countTokens(inPrompt(joined)) };
  if (others.length === 0 && packed.length === 0 && counted.tokens > limits.tokenBudget) return undefined;
  const next = [...others, counted];
  return { packed: next, tokens: next.reduce((sum, piece) => sum + piece.tokens, 0) };
}

function findTouching(stretch: Stretch, packed: readonly Counted[]) {
  for (const [index, piece] of packed.entries()) {
    const joined = joinStretches(piece.stretch, stretch);
    if (joined !== undefined) return { joined, others: packed.toSpliced(index, 1) };
  }
  return undefined;
}

function addCut(candidate: RankedPassage, limits: PackLimits): Step | undefined {
  const length = fittingLength(candidate.passage.text, (beginning) => {
    const stretch = stretchOf(candidate, beginning.length);
    return limits.countTokens(inPrompt(stretch)) <= limits.tokenBudget;
  });
  return length === 0 ? undefined : add(stretchOf(candidate, length), [], limits);
}

function inPrompt({ best, text }: Stretch): string {
  return evidenceText({ ...best.passage, text }, countedMarker);
}

function toEvidence({ stretch, tokens }: Counted): Evidence {
  const { passage, score, scores } = stretch.best;
  return {
    passageId: passage.id,
    passageIds: stretch.passages.map(({ id }) => id),
    documentId: passage.documentId,
    version: passage.version,
    title: passage.title,
    headings: passage.headings,
    ...(passage.page === undefined ? {} : { page: passage.page }),
    start: stretch.start,
    end: stretch.end,
    text: stretch.text,
    tokens,
    score,
    scores,
  };
}
