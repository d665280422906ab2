/** Fewer tokens say too little to tell a repetition from a turn of phrase. Chosen arbitrarily. */
const tokensMin = 6;
/** Share of their tokens that two sentences have in common when one is sent for both. Chosen arbitrarily. */
const overlapMin = 0.9;

/** Remembers token sets and tells which other is nearly the same as one of them, by Jaccard's coefficient. */
export function createRepeatFinder() {
  const seen: ReadonlySet<number>[] = [];
  return {
    add(tokenIds: Uint16Array): void {
      if (tokenIds.length >= tokensMin) seen.push(new Set(tokenIds));
    },
    isRepeat(tokenIds: Uint16Array): boolean {
      if (tokenIds.length < tokensMin) return false;
      const tokens = new Set(tokenIds);
      return seen.some((other) => {
        const [smaller, larger] = tokens.size < other.size ? [tokens, other] : [other, tokens];
        if (smaller.size < overlapMin * larger.size) return false;
        let common = 0;
        for (const token of smaller) if (larger.has(token)) common += 1;
        return common >= overlapMin * (tokens.size + other.size - common);
      });
    },
  };
}
