import type { Label, PassageSentence, SentenceReader, StoredPassage, TokenMatcher } from "@larder/contracts";

export interface LateInteractionPorts {
  readonly tokenMatcher: TokenMatcher;
  /** Reads passages that were stored without their sentences. */
  readonly sentenceReader: SentenceReader;
}

/** A sentence of a passage and what it says about each token of the question. */
export interface MatchedSentence {
  readonly sentence: PassageSentence;
  /** Best match of each distinct token of the question, 0 … 1. */
  readonly best: Float32Array;
}

export interface MatchedPassage {
  readonly sentences: readonly MatchedSentence[];
  /** Of all sentences together with title and headings. */
  readonly best: Float32Array;
}

/** How the tokens of one question are met by its candidates. */
export interface QueryMatch {
  readonly passages: ReadonlyMap<Label, MatchedPassage>;
  /** Weighted share of the question that these best matches hold, 0 … 1. */
  share(best: Float32Array): number;
  /** Whether a sentence has a token that the question has not: what only repeats the question is no evidence. */
  saysMore(sentence: PassageSentence): boolean;
  /** Greatest share of the question that is a single token of which these lack something, by how much they lack. */
  greatestGap(best: Float32Array): number;
}

/**
 * Late interaction of a question with its candidates: each distinct token of the question takes its best match among a
 * text's tokens, and counts by how much it says: by itself (the matcher's weight) and here, by how few of the candidates
 * hold it. `share` of a text is the weighted mean.
 *
 * Cost: one look-up for each pair of a token of the question and a token of a candidate.
 *
 * @source Khattab, Zaharia: ColBERT, SIGIR 2020, arXiv:2004.12832 (maximum similarity per query token, summed);
 * Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009 (rarity: log(1 + (N - n + ½) / (n + ½)))
 */
export function matchPassages(
  question: string,
  candidates: Iterable<StoredPassage>,
  { tokenMatcher, sentenceReader }: LateInteractionPorts,
): QueryMatch {
  const query = Uint16Array.from(new Set(tokenMatcher.tokenIds(question)));
  const passages = new Map<Label, MatchedPassage>();
  const holders = new Float64Array(query.length);
  const places = new Map<string, Float32Array>(); // passages of one section share their place
  const ofPlace = (place: string): Float32Array => {
    const known = places.get(place);
    if (known !== undefined) return known;
    const best = new Float32Array(query.length);
    tokenMatcher.raise(best, query, tokenMatcher.tokenIds(place));
    places.set(place, best);
    return best;
  };
  for (const passage of candidates) {
    const best = ofPlace([passage.title, ...passage.headings].join("\n")).slice();
    const sentences = (passage.sentences ?? sentenceReader.read(passage.text)).map((sentence) => {
      const own = new Float32Array(query.length);
      tokenMatcher.raise(own, query, sentence.tokenIds);
      raiseTo(best, own);
      return { sentence, best: own };
    });
    for (let i = 0; i < best.length; i++) if (best[i] === 1) holders[i] = (holders[i] ?? 0) + 1;
    passages.set(passage.label, { sentences, best });
  }
  const weights = Array.from(query, (token, i) => {
    const held = holders[i] ?? 0;
    return tokenMatcher.weight(token) * Math.log(1 + (passages.size - held + 0.5) / (held + 0.5));
  });
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    passages,
    saysMore: ({ tokenIds }) => tokenIds.some((token) => !query.includes(token)),
    share(best) {
      let sum = 0;
      for (let i = 0; i < best.length; i++) sum += (weights[i] ?? 0) * (best[i] ?? 0);
      return weightSum === 0 ? 0 : sum / weightSum;
    },
    greatestGap: (best) =>
      weightSum === 0 ? 0 : Math.max(...weights.map((weight, i) => weight * (1 - (best[i] ?? 0)))) / weightSum,
  };
}

/** The greater of each pair, into the first. */
export function raiseTo(best: Float32Array, other: Float32Array): void {
  for (let i = 0; i < other.length; i++) {
    const match = other[i] ?? 0;
    if (match > (best[i] ?? 0)) best[i] = match;
  }
}
