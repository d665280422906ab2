import type { Tokenizer } from "@huggingface/tokenizers";

/** Words that are remembered. A language's frequent words come often; a full memory starts anew. Chosen arbitrarily. */
const wordsMax = 50_000;
/** A word that takes more pieces is not one that the vocabulary knows. */
const knownPiecesMax = 2;

/**
 * Letters with their marks and digits; each sign of a script without spaces for itself. Everything else is skipped, a
 * mark without a letter too (emoji have some). A run of more than 64 characters is no word: it is read in parts, which
 * bounds the tokenizer's work. 64 was chosen arbitrarily.
 */
const words =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}](?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}]){0,63}/gu;

export interface WordTokens {
  readonly ids: Uint16Array;
  readonly isKnown: boolean;
}

export interface VocabularyBounds {
  /** Ids below are the model's; from here to 65,535 they stand for words by hash. */
  readonly tokens: number;
  readonly unknownId: number;
}

/**
 * Words to token ids, each word by itself and remembered. Equal to the tokenizer's own division of a whole text but for
 * signs between words, which say nothing here, for kana, which it takes together, and for words that it has no pieces
 * for, which get an id by hash.
 */
export function createWordTokens(tokenizer: Tokenizer, { tokens, unknownId }: VocabularyBounds) {
  const memory = new Map<string, WordTokens>();

  function read(word: string): WordTokens {
    const pieces = tokenizer.encode(word, { add_special_tokens: false }).ids;
    const isWhole = pieces.length > 0 && !pieces.includes(unknownId);
    return {
      ids: Uint16Array.from(isWhole ? pieces : [tokens + (hash(word) % (65_536 - tokens))]),
      isKnown: isWhole && pieces.length <= knownPiecesMax,
    };
  }

  return (text: string): readonly WordTokens[] => {
    const found: WordTokens[] = [];
    for (const [match] of text.normalize("NFKC").matchAll(words)) {
      const word = match.toLowerCase();
      let known = memory.get(word);
      if (known === undefined) {
        known = read(word);
        if (memory.size >= wordsMax) memory.clear();
        memory.set(Buffer.from(word, "utf16le").toString("utf16le"), known); // a slice would keep the whole text
      }
      found.push(known);
    }
    return found;
  };
}

/** @source FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(word: string): number {
  let value = 0x811c_9dc5;
  for (let i = 0; i < word.length; i++) {
    value ^= word.charCodeAt(i);
    value = Math.imul(value, 0x0100_0193);
  }
  return value >>> 0;
}
