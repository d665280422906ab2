const words = new Intl.Segmenter("en", { granularity: "word" });

/** English words that say nothing of a statement's content. */
const functionWords = new Set(
  (
    "a about after all also an and any are as at be because been before being both but by can could did do does during " +
    "each for from had has have he her here his how i if in into is it its may me more most my no not of on or other our " +
    "out over own she should so some such than that the their them then there these they this those through to too " +
    "under up very was we were what when where which while who why will with would yes you your"
  ).split(" "),
);

/**
 * The words of a text that carry its content, in order and with repetitions: lower case, without English function words
 * and inflected endings. Languages without spaces are divided by ICU's dictionary. Numbers lose their thousands commas.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const { segment, isWordLike } of words.segment(text.normalize("NFKC").toLowerCase())) {
    if (isWordLike !== true || functionWords.has(segment)) continue;
    terms.push(isNumeric(segment) ? segment.replaceAll(",", "") : withoutEnding(segment));
  }
  return terms;
}

export function isNumeric(term: string): boolean {
  return /^\p{N}/u.test(term);
}

/** Crude on purpose: both sides of a comparison go through it, so it need not give words. */
function withoutEnding(word: string): string {
  const bare = word.replace(/['’]s?$/, "");
  if (bare.length < 5 || !/^[a-z]+$/.test(bare)) return bare;
  return bare.replace(/(?:ies|ing|ed|es|ly|s)$/, "").replace(/[ey]$/, "");
}
