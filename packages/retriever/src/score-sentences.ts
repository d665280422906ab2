import type { PassageSentence } from "@larder/contracts";
import { scaleToUnit } from "./fuse-scores.ts";
import type { MatchedSentence, QueryMatch } from "./late-interaction.ts";
import { raiseTo } from "./late-interaction.ts";
import type { RankedPassage } from "./stretch.ts";

/**
 * What a sentence's score is made of: its passage's score, its own match with the question, and the match of the three
 * sentences around it. Fitted on covid-qa, chroma-chunking and obliqa-dev-longdoc together by the likelihood that a
 * softmax of the score draws the labelled evidence; each set's own recall is the same within noise when it is left out of
 * the fit. `npm run eval:fit-sentences` repeats the fit.
 */
export const sentenceWeights = { passage: 0.58, own: 0.22, window: 0.2 } as const;
/** Scale of the softmax that turns scores into expected shares of the evidence; from the same fit. */
const sharpness = 14;

export interface ScoredSentence {
  readonly passage: RankedPassage;
  readonly sentence: PassageSentence;
  /** 0 … 1. */
  readonly score: number;
  /** Expected share of all the evidence that this sentence is; the shares of a question's candidates add up to 1. */
  readonly share: number;
}

/**
 * Every sentence of the candidates, best first; equal ones in the order of their passages. The passage is the context
 * that a sentence lacks, the window lifts the sentences beside a good one, so that evidence of several sentences comes
 * whole.
 */
export function scoreSentences(ranked: readonly RankedPassage[], match: QueryMatch): readonly ScoredSentence[] {
  const own = new Map<PassageSentence, number>();
  const window = new Map<PassageSentence, number>();
  for (const { passage } of ranked) {
    const sentences = match.passages.get(passage.label)?.sentences ?? [];
    for (const [i, { sentence, best }] of sentences.entries()) {
      own.set(sentence, match.share(best));
      window.set(sentence, match.share(around(sentences, i)));
    }
  }
  const scaledOwn = scaleToUnit(own);
  const scaledWindow = scaleToUnit(window);
  const scored = ranked.flatMap((passage) =>
    (match.passages.get(passage.passage.label)?.sentences ?? []).map(({ sentence }) => ({
      passage,
      sentence,
      score:
        sentenceWeights.passage * passage.score +
        sentenceWeights.own * (scaledOwn.get(sentence) ?? 0) +
        sentenceWeights.window * (scaledWindow.get(sentence) ?? 0),
    })),
  );
  const odds = scored.map(({ score }) => Math.exp(sharpness * (score - 1)));
  const sum = odds.reduce((total, each) => total + each, 0);
  return scored.map((each, i) => ({ ...each, share: (odds[i] ?? 0) / sum })).sort((a, b) => b.score - a.score); // stable: ties keep the order of passages, then of sentences
}

function around(sentences: readonly MatchedSentence[], index: number): Float32Array {
  const best = Float32Array.from(sentences[index]?.best ?? []);
  for (const beside of [sentences[index - 1], sentences[index + 1]])
    if (beside !== undefined) raiseTo(best, beside.best);
  return best;
}
