import type { Label, PassageSentence, SentenceReader, StoredPassage, TokenMatcher } from "@larder/contracts";

export interface LateInteractionPorts {
  readonly tokenMatcher: TokenMatcher;
  /** Reads passages that were stored without their sentences. */
  readonly sentenceReader: SentenceReader;
}

/** How one passage meets the tokens of a question. */
export interface MatchedPassage {
  readonly sentences: readonly PassageSentence[];
  /** Best match of each distinct token of the question, 0 … 1, in all sentences together with title and headings. */
  readonly best: Float32Array;
  /** The same of each sentence alone: a row for each, one after the other. */
  readonly rows: Float32Array;
  /** The same of title and headings alone. */
  readonly place: Float32Array;
}

/** How the tokens of one question are met by its candidates. */
export interface QueryMatch {
  readonly passages: ReadonlyMap<Label, MatchedPassage>;
  /** Weighted share of the question that a passage holds, 0 … 1. */
  shareOf(passage: MatchedPassage): number;
  /** The share that one of its sentences holds. */
  sentenceShare(passage: MatchedPassage, index: number): number;
  /** The share that a sentence, those beside it and the title and headings above it hold together. */
  windowShare(passage: MatchedPassage, index: number): number;
  /** Whether a sentence has a token that the question has not: what only repeats the question is no evidence. */
  saysMore(sentence: PassageSentence): boolean;
  /** Greatest share of the question that is a single token of which a passage lacks something, by how much it lacks. */
  greatestGap(passage: MatchedPassage): number;
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
  const matching = tokenMatcher.matching(query);
  const passages = new Map<Label, MatchedPassage>();
  const holders = new Float64Array(query.length);
  const places = new Map<string, Float32Array>(); // passages of one section share their place
  const ofPlace = (place: string): Float32Array => {
    const known = places.get(place);
    if (known !== undefined) return known;
    const best = new Float32Array(query.length);
    matching.raise(best, tokenMatcher.tokenIds(place));
    places.set(place, best);
    return best;
  };
  for (const passage of candidates) {
    const place = ofPlace([passage.title, ...passage.headings].join("\n"));
    const best = place.slice();
    const sentences = passage.sentences ?? sentenceReader.read(passage.text);
    const rows = new Float32Array(sentences.length * query.length);
    for (const [index, { tokenIds }] of sentences.entries()) {
      const own = rows.subarray(index * query.length, (index + 1) * query.length);
      matching.raise(own, tokenIds);
      for (let i = 0; i < own.length; i++) best[i] = Math.max(best[i] ?? 0, own[i] ?? 0);
    }
    for (let i = 0; i < best.length; i++) if (best[i] === 1) holders[i] = (holders[i] ?? 0) + 1;
    passages.set(passage.label, { sentences, best, rows, place });
  }
  const weights = sharesOfWeight(query, holders, passages.size, tokenMatcher);
  return {
    passages,
    ...sharesBy(weights),
    saysMore: ({ tokenIds }) => tokenIds.some((token) => !query.includes(token)),
  };
}

/** What each token of the question counts; together 1, or all 0 for a question without tokens. */
function sharesOfWeight(
  query: Uint16Array,
  holders: Float64Array,
  candidates: number,
  tokenMatcher: TokenMatcher,
): Float64Array {
  const weights = Float64Array.from(query, (token, i) => {
    const held = holders[i] ?? 0;
    return tokenMatcher.weight(token) * Math.log(1 + (candidates - held + 0.5) / (held + 0.5));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum));
}

/** Sums over rows without a copy of any: there are thousands in a question's candidates. */
function sharesBy(weights: Float64Array): Omit<QueryMatch, "passages" | "saysMore"> {
  const width = weights.length;
  const shareOfRow = (rows: Float32Array, row: number) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (weights[i] ?? 0) * (rows[row * width + i] ?? 0);
    return sum;
  };
  return {
    shareOf: ({ best }) => shareOfRow(best, 0),
    sentenceShare: ({ rows }, index) => shareOfRow(rows, index),
    windowShare({ rows, sentences, place }, index) {
      const before = Math.max(0, index - 1) * width;
      const at = index * width;
      const after = Math.min(sentences.length - 1, index + 1) * width;
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const beside = Math.max(rows[before + i] ?? 0, rows[at + i] ?? 0, rows[after + i] ?? 0);
        sum += (weights[i] ?? 0) * Math.max(beside, place[i] ?? 0);
      }
      return sum;
    },
    greatestGap: ({ best }) => weights.reduce((gap, weight, i) => Math.max(gap, weight * (1 - (best[i] ?? 0))), 0),
  };
}
