import type { TokenCounter } from "@larder/contracts";

/** Words that are remembered: the vocabulary of a large corpus; about 10 MB. A full memory starts anew. */
const wordsMax = 100_000;
/** Longer ones seldom come twice. Chosen arbitrarily. */
const rememberedCharactersMax = 32;
/** Longer stretches are counted in parts of this size, as the embedder does, so that any tokenizer is linear. */
const partCharactersMax = 32_768;

/** No character becomes more of them in lower case or decomposed: U+1F82 becomes four. A token takes one or more. */
const expansionMax = 4;

export interface ModelTokenCounter extends TokenCounter {
  /** Whether `count(text)` is at most `tokensMax`; cheaper where the characters alone or the first words show it. */
  isWithin(text: string, tokensMax: number): boolean;
}

export interface ModelTokens {
  /** Tokens of a text of at most {@link partCharactersMax} characters, special ones left out. */
  countPart(text: string): number;
  /** Where words know nothing of each other; absent: anywhere in a text may change the rest. */
  readonly words?: IndependentWords;
}

/** As BERT's tokenizers have them: white space parts words, and each ASCII sign that is no letter or digit is one token. */
export interface IndependentWords {
  /** Two Han signs beside each other are independent too. */
  readonly isByHan: boolean;
  /** Tokens that are found in a text before it is parted into words; none has a space. */
  readonly addedTokens: readonly string[];
}

/** Letters and digits of ASCII know nothing of what is around them; others may, as Greek's last sigma does. */
const asciiWord = /^[!-~]+$/u;
const asciiPieces = /[0-9A-Za-z]+|[!-~]/gu;

/** Counts as the model's tokenizer does, and faster where words are independent of each other and come again. */
export function createModelTokenCounter(id: string, { countPart, words }: ModelTokens): ModelTokenCounter {
  const counts = new Map<string, number>();
  const { isByHan = false, addedTokens = [] } = words ?? {};

  function countStretch(text: string): number {
    if (text.length <= partCharactersMax) return countPart(text);
    let tokens = 0;
    for (let start = 0; start < text.length; ) {
      let end = Math.min(text.length, start + partCharactersMax);
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
      tokens += countPart(text.slice(start, end));
      start = end;
    }
    return tokens;
  }

  function remembered(word: string, count: (word: string) => number): number {
    if (word.length > rememberedCharactersMax) return count(word);
    const known = counts.get(word);
    if (known !== undefined) return known;
    const tokens = count(word);
    if (counts.size >= wordsMax) counts.clear();
    counts.set(detached(word), tokens);
    return tokens;
  }

  /** Never seen, or too long to be remembered: an ASCII word's pieces may be known. */
  function countNewWord(word: string): number {
    if (!asciiWord.test(word) || addedTokens.some((token) => word.includes(token))) return countStretch(word);
    let tokens = 0;
    for (const [piece] of word.matchAll(asciiPieces)) {
      tokens += piece.length === 1 ? 1 : remembered(piece, countStretch);
    }
    return tokens;
  }

  const weightOf = (unit: number): number => {
    if (unit === 0x20 || unit === 0x0a) return 0;
    return unit < 0x80 || (isByHan && isHan(unit)) ? 1 : expansionMax;
  };

  /**
   * Begins with what `text` has at most and puts each word's true count in place of its bound, until that is `enough`: at
   * the end it is the count.
   */
  function refine(text: string, enough: number): number {
    let bound = 0;
    for (let at = 0; at < text.length; at += 1) bound += weightOf(text.charCodeAt(at));
    let wordBound = 0;
    let start = 0;
    const take = (end: number): void => {
      if (end > start) bound += remembered(text.slice(start, end), countNewWord) - wordBound;
      wordBound = 0;
      start = end;
    };
    for (let at = 0; at < text.length && bound > enough; at += 1) {
      const unit = text.charCodeAt(at);
      const isGap = unit === 0x20 || unit === 0x0a;
      if (isGap || (isByHan && isHan(unit) && at > start && isHan(text.charCodeAt(at - 1)))) take(at);
      if (isGap) start = at + 1;
      wordBound += weightOf(unit);
    }
    if (bound > enough) take(text.length);
    return bound;
  }

  if (words === undefined) {
    return { id, count: countStretch, isWithin: (text, tokensMax) => countStretch(text) <= tokensMax };
  }
  return {
    id,
    count: (text) => refine(text, Number.NEGATIVE_INFINITY),
    isWithin: (text, tokensMax) => refine(text, tokensMax) <= tokensMax,
  };
}

function isHan(unit: number): boolean {
  return unit >= 0x4e00 && unit <= 0x9fff;
}

/** A copy that does not keep the text it was cut from in memory, as slices of 13 characters and more do in V8. */
function detached(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
