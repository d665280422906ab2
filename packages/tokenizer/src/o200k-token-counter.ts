import type { TokenCounter } from "@larder/contracts";
import { countTokens, setMergeCacheSize } from "gpt-tokenizer/encoding/o200k_base";
import { findRunCuts } from "./run-cuts.ts";
import { createWordCounts } from "./word-counts.ts";

/**
 * Merging byte pairs is quadratic in the length of one piece, and pieces end where white space begins or ends. 256
 * characters keep the worst text (one letter repeated) within a few times the cost of prose; no word is as long, so only
 * base64, minified code, rulers of dashes and the like are counted apart from what the provider would say (under 1 %).
 */
const runCharactersMax = 256;

/** Text is data here: `<|endoftext|>` inside a document is twelve characters, not an instruction and not an error. */
const plainText = { disallowedSpecial: new Set<string>() };

/** Tokens of OpenAI's o200k encoding (GPT-4o and later). Never throws, whatever the text; lone surrogates count as U+FFFD. */
export function createO200kTokenCounter(): TokenCounter {
  // The library's cache has keys that are slices and keep whole documents in memory; ours are words of their own.
  setMergeCacheSize(0);
  const wordCounts = createWordCounts((word) => countTokens(word, plainText));
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
