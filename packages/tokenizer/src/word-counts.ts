import { isWhiteSpace } from "./run-cuts.ts";

/** Words that are remembered: the vocabulary of a large corpus; about 10 MB. Chosen arbitrarily. */
const wordsMax = 100_000;
/** Longer stretches (lines of code, scripts without spaces) seldom come twice. Chosen arbitrarily. */
const rememberedCharactersMax = 32;

/**
 * Counts tokens word by word and remembers each word's count.
 *
 * Exact for encodings that divide text before they merge byte pairs as o200k does: a single space between two other
 * characters always begins a piece of its own, so the pieces before and after it do not know of each other. The text is
 * divided there and nowhere else. When the memory is full it is emptied.
 */
export function createWordCounts(countWord: (word: string) => number) {
  const counts = new Map<string, number>();

  function countOf(word: string): number {
    if (word.length > rememberedCharactersMax) return countWord(word);
    const known = counts.get(word);
    if (known !== undefined) return known;
    const count = countWord(word);
    if (counts.size >= wordsMax) counts.clear();
    counts.set(detached(word), count);
    return count;
  }

  return {
    count(text: string): number {
      let tokens = 0;
      let start = 0;
      for (let space = text.indexOf(" ", 1); space !== -1; space = text.indexOf(" ", space + 1)) {
        if (isWhiteSpace(text.charCodeAt(space - 1)) || isWhiteSpace(text.charCodeAt(space + 1))) continue;
        if (space === text.length - 1) break;
        tokens += countOf(text.slice(start, space));
        start = space;
      }
      return tokens + (start === text.length ? 0 : countOf(text.slice(start)));
    },
  };
}

/** A copy that does not keep the text it was cut from in memory, as slices of 13 characters and more do in V8. */
function detached(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
}
