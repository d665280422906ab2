import type { TokenCounter } from "@larder/contracts";
import ranks from "gpt-tokenizer/bpeRanks/o200k_base";
import { countTokens, setMergeCacheSize } from "gpt-tokenizer/encoding/o200k_base";
import { O200K_TOKEN_SPLIT_REGEX } from "gpt-tokenizer/encodingParams/constants";
import { createPieceCounter } from "./merge-pieces.ts";
import { findRunCuts } from "./run-cuts.ts";
import { createWordCounts } from "./word-counts.ts";

/**
 * A run without white space is counted in parts of this many characters, so that the encoder's own division into pieces
 * has a bound too. No word is as long: only base64, minified code, rulers of dashes and texts without spaces are counted
 * apart from what the provider would say (under 1 %).
 */
const runCharactersMax = 256;

/** Shorter stretches are remembered, so the library's own merging of them costs nothing that matters. */
const longWordMin = 33;

/** Text is data here: `<|endoftext|>` inside a document is twelve characters, not an instruction and not an error. */
const plainText = { disallowedSpecial: new Set<string>() };

/** Tokens of OpenAI's o200k encoding (GPT-4o and later). Never throws, whatever the text; lone surrogates count as U+FFFD. */
export function createO200kTokenCounter(): TokenCounter {
  // The library's cache has keys that are slices and keep whole documents in memory; ours are words of their own.
  setMergeCacheSize(0);
  let countPiece: ReturnType<typeof createPieceCounter> | undefined; // 20 MB, for processes that meet such text
  const countLong = (word: string): number => {
    countPiece ??= createPieceCounter(ranks);
    let tokens = 0;
    for (const piece of word.match(O200K_TOKEN_SPLIT_REGEX) ?? []) tokens += countPiece(piece);
    return tokens;
  };
  const wordCounts = createWordCounts((word) =>
    word.length < longWordMin ? countTokens(word, plainText) : countLong(word),
  );
  return {
    id: "o200k",
    count(text) {
      let tokens = 0;
      let start = 0;
      for (const cut of findRunCuts(text, runCharactersMax)) {
        tokens += wordCounts.count(text.slice(start, cut));
        start = cut;
      }
      return tokens + wordCounts.count(start === 0 ? text : text.slice(start));
    },
  };
}
