import type { PassageSentence } from "@larder/contracts";
import { unitScale } from "./fuse-scores.ts";
import type { QueryMatch } from "./late-interaction.ts";
import type { RankedPassage } from "./stretch.ts";

/** What a sentence is judged by; each 0 … 1. */
export interface SentenceFeatures {
  /** Score of its passage. */
  readonly passage: number;
  /** The better score of the passages before and after; 0 when neither is a candidate. */
  readonly neighbour: number;
  /** Its own match with the question, scaled over the candidates' sentences; 0 for what only repeats the question. */
  readonly own: number;
  /** The match of it, the sentences beside it and its title and headings together, scaled likewise. */
  readonly window: number;
}

/**
 * Weights of a sentence's features. Fitted on covid-qa, chroma-chunking and obliqa-dev-longdoc together by the likelihood
 * that a softmax of the score draws the labelled evidence; docs/guides/retrieval.md has the figures, also of each set left
 * out of the fit.
 */
export const sentenceWeights: SentenceFeatures = { passage: 0.49, neighbour: 0.1, own: 0.24, window: 0.17 };
/** Scale of the softmax that turns scores into expected shares of the evidence; from the same fit. */
export const sharpness = 13.3;

export interface JudgedSentence {
  readonly passage: RankedPassage;
  readonly sentence: PassageSentence;
  readonly features: SentenceFeatures;
}

export interface ScoredSentence extends Omit<JudgedSentence, "features"> {
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
  const judged = judgeSentences(ranked, match);
  const scores = judged.map(({ features }) => scoreOf(features));
  const odds = scores.map((score) => Math.exp(sharpness * (score - 1)));
  const sum = odds.reduce((total, each) => total + each, 0);
  const scored = judged.map(({ passage, sentence }, i) => ({
    passage,
    sentence,
    score: scores[i] ?? 0,
    share: (odds[i] ?? 0) / sum,
  }));
  return scored.sort((a, b) => b.score - a.score); // stable: ties keep the order of passages, then of sentences
}

/** The features of every sentence, in the order of the passages. */
export function judgeSentences(ranked: readonly RankedPassage[], match: QueryMatch): readonly JudgedSentence[] {
  const found = ranked.flatMap((passage) => {
    const matched = match.passages.get(passage.passage.label);
    return matched === undefined ? [] : [{ passage, matched }];
  });
  const own = found.flatMap(({ matched }) =>
    matched.sentences.map((sentence, i) => (match.saysMore(sentence) ? match.sentenceShare(matched, i) : 0)),
  );
  const window = found.flatMap(({ matched }) => matched.sentences.map((_, i) => match.windowShare(matched, i)));
  const scaledOwn = unitScale(own);
  const scaledWindow = unitScale(window);
  const neighbours = neighbourScores(ranked);
  let at = 0;
  return found.flatMap(({ passage, matched }) => {
    const neighbour = neighbours(passage);
    return matched.sentences.map((sentence): JudgedSentence => {
      const features = {
        passage: passage.score,
        neighbour,
        own: scaledOwn(own[at] ?? 0),
        window: scaledWindow(window[at] ?? 0),
      };
      at += 1;
      return { passage, sentence, features };
    });
  });
}

function scoreOf({ passage, neighbour, own, window }: SentenceFeatures): number {
  const weights = sentenceWeights;
  return weights.passage * passage + weights.neighbour * neighbour + weights.own * own + weights.window * window;
}

function neighbourScores(ranked: readonly RankedPassage[]): (of: RankedPassage) => number {
  const placeOf = ({ passage }: RankedPassage, step: number) =>
    `${passage.documentId} ${passage.version} ${passage.ordinal + step}`;
  const scores = new Map(ranked.map((passage) => [placeOf(passage, 0), passage.score]));
  return (of) => Math.max(scores.get(placeOf(of, -1)) ?? 0, scores.get(placeOf(of, 1)) ?? 0);
}
