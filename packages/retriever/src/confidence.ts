import type { StoredPassage } from "@larder/contracts";
import type { MatchedPassage, QueryMatch } from "./late-interaction.ts";
import { denies, missingNames } from "./names-and-denials.ts";
import type { RankedPassage } from "./stretch.ts";

/** What the confidence is made of, each 0 … 1. */
export interface ConfidenceSigns {
  /** Greatest share of the question that one sentence holds. */
  readonly sentence: number;
  /** Greatest share that one passage holds. */
  readonly passage: number;
  /** Greatest part of the question that is a single token which the best sentence's passage lacks. */
  readonly gap: number;
  /** 1: the question denies something and the best sentence does not. */
  readonly denial: number;
  /** Share of the question's names and numbers that the best sentence lacks. */
  readonly nameOutsideSentence: number;
  /** 1: its passage lacks one of them as well. */
  readonly nameOutsidePassage: number;
  /** Greatest cosine of a passage; absent when vectors did not take part, or are another model's. */
  readonly cosine?: number;
}

/**
 * Logistic weights. `topic` tells a set's own questions from those of other sets (eleven sets, each counting alike);
 * `answer` tells squad2's answerable questions from its unanswerable ones, which were written to resemble them. Fitted on
 * the questions about one half of squad2's paragraphs; about the other half the AUROC is .70.
 * @source docs/decisions/0012-abstention-and-conversation.md, with what was tried and how it was fitted
 */
const topic = { bias: -7.96, passage: 16.71 } as const;
const answer = {
  bias: 0.34,
  sentence: 2.36,
  passage: -3.99,
  gap: -2.77,
  denial: -2.53,
  nameOutsideSentence: -0.29,
  nameOutsidePassage: -0.8,
  cosine: 3.02,
} as const;
/** Mean over the questions of the fit; stands for a cosine that is not known. */
const cosineMean = 0.558;

/** Passages that are read, best first. Chosen arbitrarily. */
const passagesRead = 5;

/**
 * That the knowledge base answers the question, 0 … 1: the probability that it speaks of what is asked at all, times the
 * probability that its best sentence then says it. 0 without candidates. Calibrated where half of the questions have an
 * answer, in English; elsewhere an order. The passage counts in both, with opposite signs: words of the question that are
 * all over a passage, but in no sentence, are what a question looks like that its author made unanswerable.
 */
export function confidenceOf(signs: ConfidenceSigns | undefined): number {
  if (signs === undefined) return 0;
  const { cosine = cosineMean } = signs;
  const speaks = topic.bias + topic.passage * signs.passage;
  const says =
    answer.bias +
    answer.sentence * signs.sentence +
    answer.passage * signs.passage +
    answer.gap * signs.gap +
    answer.denial * signs.denial +
    answer.nameOutsideSentence * signs.nameOutsideSentence +
    answer.nameOutsidePassage * signs.nameOutsidePassage +
    answer.cosine * cosine;
  return logistic(speaks) * logistic(says);
}

/**
 * The signs of a question; `undefined` when no candidate has a sentence.
 * @param ranked - Best first.
 * @param cosines - Of the passages, where they may count.
 */
export function readConfidenceSigns(
  question: string,
  ranked: readonly RankedPassage[],
  match: QueryMatch,
  cosines: readonly number[] = [],
): ConfidenceSigns | undefined {
  let best: BestSentence | undefined;
  let passageShare = 0;
  for (const { passage } of ranked.slice(0, passagesRead)) {
    const matched = match.passages.get(passage.label);
    if (matched === undefined) continue;
    passageShare = Math.max(passageShare, match.shareOf(matched));
    for (const [index, { start, end }] of matched.sentences.entries()) {
      const share = match.sentenceShare(matched, index);
      if (best === undefined || share > best.share)
        best = { passage, matched, share, text: passage.text.slice(start, end) };
    }
  }
  if (best === undefined) return undefined;
  const { passage, matched, text: sentence } = best;
  const whole = [passage.title, ...passage.headings, passage.text].join("\n");
  return {
    sentence: best.share,
    passage: passageShare,
    gap: match.greatestGap(matched),
    denial: denies(question) && !denies(sentence) ? 1 : 0,
    nameOutsideSentence: missingNames(question, sentence),
    nameOutsidePassage: missingNames(question, whole) > 0 ? 1 : 0,
    ...(cosines.length === 0 ? {} : { cosine: Math.min(1, Math.max(0, ...cosines)) }),
  };
}

interface BestSentence {
  readonly passage: StoredPassage;
  readonly matched: MatchedPassage;
  readonly share: number;
  readonly text: string;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
