import type { TokenCounter } from "@larder/contracts";
import { countTokens, setMergeCacheSize } from "gpt-tokenizer/encoding/o200k_base";
import { findRunCuts } from "./run-cuts.ts";

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
  // The cache's keys are slices that keep whole documents in memory; without it prose takes a quarter more time.
  setMergeCacheSize(0);
  return {
    id: "o200k",
    count(text) {
      const cuts = findRunCuts(text, runCharactersMax);
      if (cuts.length === 0) return countTokens(text, plainText);
      let tokens = 0;
      let start = 0;
      for (const cut of cuts) {
        tokens += countTokens(text.slice(start, cut), plainText);
        start = cut;
      }
      return tokens + countTokens(text.slice(start), plainText);
    },
  };
}
