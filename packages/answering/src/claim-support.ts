import type { EvidenceSentence, EvidenceSentences, ReadEvidence } from "./evidence-sentences.ts";
import { coverage } from "./evidence-sentences.ts";
import type { ExactFacts } from "./exact-facts.ts";
import { exactFactsOf, missingFacts, negators } from "./exact-facts.ts";
import { misplacesNumber } from "./misplaces-number.ts";
import { describedBy } from "./table-rows.ts";
import { termsOf } from "./terms.ts";

/** One or two sentences of one piece that may support a claim, and how well by words. */
export interface SupportWindow {
  readonly piece: ReadEvidence;
  readonly sentences: readonly EvidenceSentence[];
  readonly coverage: number;
}

export interface Claim {
  readonly text: string;
  readonly terms: ReadonlySet<string>;
  readonly facts: ExactFacts;
  /** Best by words first. */
  readonly windows: readonly SupportWindow[];
}

/** Windows of a claim that are looked at closely. Chosen arbitrarily: the right one is among the first three nearly always. */
const windowsMax = 6;

/** Two sentences count together when they hold this much more than either. Chosen arbitrarily. */
const pairGainMin = 0.15;

export function claimOf(text: string, evidence: EvidenceSentences): Claim {
  const terms = new Set(termsOf(text).filter((term) => !negators.has(term)));
  const windows: SupportWindow[] = [];
  for (const piece of evidence.pieces) {
    piece.sentences.forEach((sentence, index) => {
      const next = piece.sentences[index + 1];
      const single = coverage(evidence, piece, [sentence], terms);
      if (single > 0) windows.push({ piece, sentences: [sentence], coverage: single });
      // Two rows together would lend one's label to the other's numbers.
      if (next === undefined || sentence.row !== undefined || next.row !== undefined) return;
      const both = coverage(evidence, piece, [sentence, next], terms);
      // Otherwise the neighbour of the right sentence would lend it its numbers and its "not".
      if (both >= Math.max(single, coverage(evidence, piece, [next], terms)) + pairGainMin)
        windows.push({ piece, sentences: [sentence, next], coverage: both });
    });
  }
  windows.sort((a, b) => b.coverage - a.coverage || a.sentences.length - b.sentences.length);
  return { text, terms, facts: exactFactsOf(text), windows: windows.slice(0, windowsMax) };
}

/** What tells a supported claim from one that is not, each 0 … 1. */
export interface ClaimFeatures {
  readonly coverage: number;
  /** Of the claim and the window's best sentence; absent without an embedder. */
  readonly cosine?: number;
  readonly numbersMissing: number;
  /** In the window. */
  readonly namesMissing: number;
  /** In all of the evidence, its titles and headings, and the question. */
  readonly namesUnknown: number;
  readonly negationDiffers: number;
}

export function featuresOf(
  { facts, text: claimed }: Claim,
  { piece, sentences, coverage: covered }: SupportWindow,
  known: ReadonlySet<string>,
  cosine: number | undefined,
): ClaimFeatures {
  const text = sentences.map(({ text, row }) => (row === undefined ? text : `${text} ${describedBy(row)}`)).join(" ");
  const isMisplaced = sentences.some(({ row }) => row !== undefined && misplacesNumber(row, claimed));
  const held = exactFactsOf(text);
  const words = wordsOf(text);
  const place = wordsOf([piece.evidence.title, ...piece.places.flatMap(({ headings }) => headings)].join(" "));
  return {
    coverage: covered,
    ...(cosine === undefined ? {} : { cosine }),
    numbersMissing: isMisplaced ? 1 : missingFacts(facts.numbers, (number) => held.numbers.has(number)),
    namesMissing: missingFacts(facts.names, (name) => words.has(name) || place.has(name)),
    namesUnknown: missingFacts(facts.names, (name) => known.has(name)),
    negationDiffers: facts.isNegated === held.isNegated ? 0 : 1,
  };
}

/** Every word of a text, lower case, with the parts of compounds. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return new Set(words);
}

type Weights = Readonly<Record<Exclude<keyof ClaimFeatures, "cosine"> | "bias", number>> & { readonly cosine?: number };

/** Fitted by `npm run eval:verifier -- --fit` on the first half of its questions; docs/measurements.md has the figures. */
const supportWeights: Weights = {
  bias: -4.1,
  coverage: 4.6,
  cosine: 1.6,
  numbersMissing: -5.3,
  namesMissing: -4.6,
  namesUnknown: -1.2,
  negationDiffers: -5.4,
};
/** The same without an embedder. */
const wordWeights: Weights = {
  bias: -3.5,
  coverage: 5.4,
  numbersMissing: -5.1,
  namesMissing: -4.5,
  namesUnknown: -1.2,
  negationDiffers: -5.3,
};

/** Probability that a claim with these features is supported, 0 … 1. */
export function supportOf(features: ClaimFeatures): number {
  const weights = features.cosine === undefined ? wordWeights : supportWeights;
  let sum = weights.bias;
  for (const [name, value] of Object.entries(features) as [keyof ClaimFeatures, number][]) {
    sum += (weights[name] ?? 0) * value;
  }
  return 1 / (1 + Math.exp(-sum));
}
