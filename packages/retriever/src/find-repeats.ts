/** Fewer tokens say too little to tell a repetition from a turn of phrase. Chosen arbitrarily. */
const tokensMin = 6;

/**
 * Remembers sentences by their tokens and tells which other repeats one: the same words in the same order, whatever their
 * case, accents and punctuation. One number or one "not" more makes another sentence, so nothing that differs is lost.
 */
export function createRepeatFinder() {
  const seen = new Set<string>();
  return {
    add(tokenIds: Uint16Array): void {
      if (tokenIds.length >= tokensMin) seen.add(tokenIds.join(" "));
    },
    isRepeat(tokenIds: Uint16Array): boolean {
      return tokenIds.length >= tokensMin && seen.has(tokenIds.join(" "));
    },
  };
}
