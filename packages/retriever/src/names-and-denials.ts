/** English only: in other languages nothing denies, and the sign stays 0. */
const denial =
  /\b(?:not|never|no|none|nobody|nothing|without|cannot|nor|neither|unable|except|lack(?:s|ed)?)\b|n['’]t\b/i;

/** Whether a text says of something that it is not so. */
export function denies(text: string): boolean {
  return denial.test(text);
}

/**
 * Share of the question's names and numbers that a text does not hold: 0 … 1, and 0 for a question without any. Names are
 * words with a capital after the first word; where more than two thirds have one, capitals tell nothing and only numbers
 * count.
 */
export function missingNames(question: string, text: string): number {
  const words = wordsOf(question);
  const isCapital = (word: string) => /^\p{Lu}/u.test(word);
  const isTelling = words.slice(1).filter(isCapital).length * 3 <= 2 * (words.length - 1);
  const names = words.filter((word, i) => /^\p{N}/u.test(word) || (isTelling && i > 0 && isCapital(word)));
  if (names.length === 0) return 0;
  const held = new Set(wordsOf(text).map(stemOf));
  return names.filter((name) => !held.has(stemOf(name))).length / names.length;
}

/** Runs of letters and numbers with their separators. Scripts without spaces give whole clauses, which name nothing. */
function wordsOf(text: string): readonly string[] {
  return text.normalize("NFKC").match(/\p{L}[\p{L}\p{M}]*|\p{N}+(?:[.,]\p{N}+)*/gu) ?? [];
}

/** Crude on purpose: both sides of a comparison go through it, so it need not give words. */
function stemOf(word: string): string {
  const bare = word.toLowerCase();
  if (bare.length < 5 || !/^[a-z]+$/.test(bare)) return bare;
  return bare.replace(/(?:ies|ing|ed|es|ly|s)$/, "").replace(/[ey]$/, "");
}
