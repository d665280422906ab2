import type { LanguageCode, LanguageDetector } from "@larder/contracts";

/** Less sure guesses at a passage are not heard: code and tables resemble languages by chance. */
const confidenceMin = 0.8; // of the development sets' 2,500 English passages six are then taken for another language
/** A language that less of a document is in is a quotation, or a mistake of the detector. */
const shareMin = 0.1; // chosen arbitrarily

/**
 * The language of each passage of one document, in order. A manual in three languages is read by the rules of each; a
 * passage that says nothing clear of its own is in the document's main language. `undefined` where no passage is clear.
 */
export function planLanguages(
  texts: readonly string[],
  detector: LanguageDetector | undefined,
): readonly (LanguageCode | undefined)[] {
  const guesses = texts.map((text) => detector?.detect(text));
  const lengths = new Map<LanguageCode, number>();
  let sum = 0;
  for (const [i, guess] of guesses.entries()) {
    if (guess === undefined || guess.confidence < confidenceMin) continue;
    const length = texts[i]?.length ?? 0;
    lengths.set(guess.language, (lengths.get(guess.language) ?? 0) + length);
    sum += length;
  }
  const [main] = [...lengths].toSorted(([a, aLength], [b, bLength]) => bLength - aLength || (a < b ? -1 : 1));
  if (main === undefined) return texts.map(() => undefined);
  const isSpoken = (language: LanguageCode) => (lengths.get(language) ?? 0) >= sum * shareMin;
  return guesses.map((guess) => {
    const isClear = guess !== undefined && guess.confidence >= confidenceMin && isSpoken(guess.language);
    return isClear ? guess.language : main[0];
  });
}
