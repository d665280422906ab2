/** Words of a language are few and come often; a full memory starts anew. */
const wordsMax = 50_000; // chosen arbitrarily; a few megabytes a language in use

/** Remembers what a pure function made of each word. */
export function memoise(make: (word: string) => string): (word: string) => string {
  const made = new Map<string, string>();
  return (word) => {
    const known = made.get(word);
    if (known !== undefined) return known;
    const result = make(word);
    if (made.size >= wordsMax) made.clear();
    made.set(detach(word), detach(result));
    return result;
  };
}

/** A slice keeps the whole text that it was cut from in memory. */
function detach(word: string): string {
  return Buffer.from(word, "utf16le").toString("utf16le");
}
