/** Lower case, without marks, citation numbers and articles, one space between words: as SQuAD's evaluation compares. */
export function foldAnswer(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\[\d{1,3}\]/g, " ")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
    .replace(/\b(?:a|an|the)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The answer is one of the right ones, word for word. */
export function isExactMatch(answer: string, right: readonly string[]): boolean {
  const folded = foldAnswer(answer);
  return right.some((one) => foldAnswer(one) === folded);
}

/** One of the right answers stands in the answer, word for word. */
export function containsAnswer(answer: string, right: readonly string[]): boolean {
  const folded = ` ${foldAnswer(answer)} `;
  return right.some((one) => foldAnswer(one) !== "" && folded.includes(` ${foldAnswer(one)} `));
}
