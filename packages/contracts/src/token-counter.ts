/** Counts tokens with a named tokenizer. Counts of two tokenizers are never subtracted from each other. */
export interface TokenCounter {
  /** Such as `o200k`; recorded wherever a count is stored. */
  readonly id: string;
  /** Whole tokens of `text`; 0 for the empty string. Linear in the length of `text`, whatever is in it. */
  count(text: string): number;
}
