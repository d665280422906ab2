/** One sentence of a passage, as it is needed to choose it for a prompt. */
export interface PassageSentence {
  /** UTF-16 offsets into the passage's own text. */
  readonly start: number;
  readonly end: number;
  /** Of the sentence alone, by the counter of prompts. */
  readonly tokens: number;
  /** By the vocabulary of the {@link TokenMatcher}, in order, repeats included. */
  readonly tokenIds: Uint16Array;
  /** Stands in a block of code of its document; absent where it does not, or nobody knows. */
  readonly isCode?: true;
}

/** Text to sentences with their tokens. Pure; what it reads of a passage is stored with the passage. */
export interface SentenceReader {
  /** Vocabulary and rules together: another id may read the same text otherwise. */
  readonly id: string;
  /** In order; together they hold every non-space character once. `[]` for a text without any. */
  read(text: string): readonly PassageSentence[];
}

/**
 * Compares single tokens by their meaning: late interaction without a model run, since a static embedding model's token
 * has one vector wherever it stands.
 *
 * @source Khattab, Zaharia: ColBERT, SIGIR 2020, arXiv:2004.12832, for the sum over query tokens of the best match
 */
export interface TokenMatcher {
  readonly id: string;
  /** Ids of a text's words, in order. Words that the vocabulary lacks get an id by hash and match only themselves. */
  tokenIds(text: string): Uint16Array;
  /** How much a token says by itself, before its rarity here is known; > 0. */
  weight(token: number): number;
  /** Share of the text's words that the vocabulary holds, 0 … 1; 1 for a text without words. */
  knownShare(text: string): number;
  /** Ready to compare texts with these tokens. */
  matching(query: Uint16Array): TokenMatching;
}

/** The tokens of one question, to be compared with many texts. */
export interface TokenMatching {
  /**
   * Raises each `best[i]` to the greatest match of the question's token `i` among `tokens`: 0 (unlike) … 1 (the same
   * token, and only then). `best` has the length of the question.
   */
  raise(best: Float32Array, tokens: Uint16Array): void;
}
