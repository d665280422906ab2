import type { BudgetReport, Evidence, TokenBudget } from "@larder/contracts";
import { fittingLength } from "./cut-text.ts";
import { EvidenceSet } from "./evidence-set.ts";
import { createRepeatFinder } from "./find-repeats.ts";
import type { ScoredSentence } from "./score-sentences.ts";
import type { RankedPassage } from "./stretch.ts";
import { isBetter, stretchOf } from "./stretch.ts";

export interface PackLimits {
  /** Most pieces of evidence. */
  readonly limit: number;
  /** Most pieces of one document. @defaultValue no limit of its own */
  readonly limitPerDocument?: number;
  countTokens(text: string): number;
}

export interface BudgetLimits extends PackLimits {
  readonly tokenBudget: TokenBudget;
  /** What `auto` takes in any case, if there is so much: a prediction that is sure of itself may be wrong. */
  readonly autoTokensMin: number;
  /** What `auto` may take at most. */
  readonly autoTokensMax: number;
  /** Share of what the largest budget would hold that `auto` keeps. */
  readonly autoRecall: number;
}

export interface PackedEvidence {
  /** See {@link EvidenceSet.evidence} for the order. */
  readonly evidence: readonly Evidence[];
  readonly tokens: number;
}

/**
 * Whole passages, best first, neighbours joined, until one more would be a piece above `limit`.
 * Cost: `O(n × pieces)` joins.
 */
export function packPassages(ranked: readonly RankedPassage[], limits: PackLimits): PackedEvidence {
  let packed = new EvidenceSet(limits);
  for (const passage of ranked.toSorted((a, b) => (isBetter(a, b) ? -1 : isBetter(b, a) ? 1 : 0))) {
    const next = packed.with(stretchOf(passage));
    if (next.size > limits.limit) break;
    if (isWithin(next, passage, limits)) packed = next;
  }
  return finished(packed);
}

/**
 * Sentences to evidence under a token budget.
 *
 * Greedy by score: each sentence in turn is added when the whole still fits, joined with what it touches; a gap that is
 * smaller than what a piece of its own costs is filled. One that does not fit is passed over, for a smaller one may still
 * fit. One that says what is packed already is left out, and its share counts as held. When nothing fits, the beginning
 * of the best sentence is cut at a word. `auto` packs to `autoTokensMax` first and then keeps the fewest of those
 * sentences, in the same order, whose shares add up to `autoRecall` of what they hold together, but no fewer than
 * `autoTokensMin` tokens.
 *
 * What comes out never costs more than the budget, holds each character of a document at most once, is verbatim, and
 * depends on nothing but the arguments.
 */
export function packSentences(
  sentences: readonly ScoredSentence[],
  limits: BudgetLimits,
): PackedEvidence & { readonly budget: BudgetReport } {
  const { tokenBudget: asked, autoTokensMin, autoTokensMax, autoRecall } = limits;
  const tokensMax = asked === "auto" ? autoTokensMax : asked;
  const chosen = choose(sentences, tokensMax, limits);
  let { steps } = chosen;
  if (asked === "auto") steps = steps.slice(0, stepsThatHold(steps, autoRecall, autoTokensMin));
  for (; steps.length > 0; steps = steps.slice(0, -1)) {
    const packed = finished(steps === chosen.steps ? chosen.packed : packedOf(steps, limits));
    if (packed.tokens > tokensMax) continue; // the estimate that let the last of them in was too low
    const predictedRecall = Math.min(
      1,
      steps.reduce((sum, { share }) => sum + share, 0),
    );
    return { ...packed, budget: { asked, tokensMax, predictedRecall } };
  }
  return { ...cutBest(sentences, tokensMax, limits), budget: { asked, tokensMax, predictedRecall: 0 } };
}

/** A sentence that was taken, or one that repeats what was. */
interface Step {
  readonly sentence: ScoredSentence;
  readonly isRepeat: boolean;
  readonly share: number;
}

interface Choice {
  readonly steps: readonly Step[];
  /** What all the steps together have packed. */
  readonly packed: EvidenceSet;
}

function choose(sentences: readonly ScoredSentence[], tokensMax: number, limits: BudgetLimits): Choice {
  const steps: Step[] = [];
  const repeats = createRepeatFinder();
  let packed = new EvidenceSet(limits);
  /** Exact counts take most of the time, so they are made only where an estimate says that it is close. */
  const fits = (set: EvidenceSet, more = 0) =>
    set.tokensEstimated + more <= tokensMax || set.tokens + more <= tokensMax;
  for (const sentence of sentences) {
    const { share } = sentence;
    if (!fits(packed, sentence.sentence.tokens) || !saysSomething(sentence)) continue;
    if (repeats.isRepeat(sentence.sentence.tokenIds)) {
      steps.push({ sentence, share, isRepeat: true });
      continue;
    }
    const next = packed.with(toStretch(sentence));
    if (next.size > limits.limit || !isWithin(next, sentence.passage, limits) || !fits(next)) continue;
    packed = next;
    // A transcript or comment that says what the text says does not stand for the text, which can be quoted.
    if (sentence.sentence.isCode !== true) repeats.add(sentence.sentence.tokenIds);
    steps.push({ sentence, share, isRepeat: false });
  }
  return { steps, packed };
}

/** Fences and rules of tables are taken along between sentences, never for themselves. */
function saysSomething({ passage, sentence }: ScoredSentence): boolean {
  const text = passage.passage.text.slice(sentence.start, sentence.end);
  return /[\p{L}\p{N}]/u.test(text) && !/^(?:`{3}|~{3})\S*$/.test(text);
}

/** Of how many steps, from the first, the shares add up to `recall` of all and the sentences to `tokensMin`. */
function stepsThatHold(steps: readonly Step[], recall: number, tokensMin: number): number {
  const wanted = recall * steps.reduce((sum, { share }) => sum + share, 0);
  let held = 0;
  let tokens = 0;
  for (const [index, { sentence, share, isRepeat }] of steps.entries()) {
    held += share;
    tokens += isRepeat ? 0 : sentence.sentence.tokens;
    if (held >= wanted && tokens >= tokensMin) return index + 1;
  }
  return steps.length;
}

function packedOf(steps: readonly Step[], limits: BudgetLimits): EvidenceSet {
  const taken = steps.filter(({ isRepeat }) => !isRepeat);
  return taken.reduce((packed, { sentence }) => packed.with(toStretch(sentence)), new EvidenceSet(limits));
}

function toStretch({ passage, sentence }: ScoredSentence) {
  return stretchOf(passage, sentence.start, sentence.end, sentence.tokens);
}

function cutBest(sentences: readonly ScoredSentence[], tokensMax: number, limits: BudgetLimits): PackedEvidence {
  const best = sentences.find(saysSomething);
  if (best === undefined) return { evidence: [], tokens: 0 };
  const { passage, sentence } = best;
  const cutTo = (length: number) =>
    new EvidenceSet(limits).with(stretchOf(passage, sentence.start, sentence.start + length));
  const text = passage.passage.text.slice(sentence.start, sentence.end);
  const length = fittingLength(text, (beginning) => finished(cutTo(beginning.length)).tokens <= tokensMax);
  return length === 0 ? { evidence: [], tokens: 0 } : finished(cutTo(length));
}

function isWithin(packed: EvidenceSet, { passage }: RankedPassage, { limitPerDocument }: PackLimits): boolean {
  return limitPerDocument === undefined || packed.sizeOf(passage.documentId) <= limitPerDocument;
}

function finished(packed: EvidenceSet): PackedEvidence {
  const evidence = packed.evidence();
  return { evidence, tokens: evidence.reduce((sum, { tokens }) => sum + tokens, 0) };
}
