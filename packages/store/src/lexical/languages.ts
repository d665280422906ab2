import { stemmer as stemEnglish } from "@orama/stemmers/english";

/** What differs between languages when text becomes terms. */
export interface TermLanguage {
  readonly id: string;
  /** Words that say nothing about the subject; lower case, folded. */
  readonly stopWords: ReadonlySet<string>;
  /** Lower-case folded word to the form that its inflections share. */
  stem(word: string): string;
}

/** @source Lucene's EnglishAnalyzer.ENGLISH_STOP_WORDS_SET, the list that published BM25 figures mostly use */
const englishStopWords =
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with";

const asciiWord = /^[a-z]{3,40}$/;

/** Stems seen so far. The words of a language are few and come often; a full memory starts anew. */
const stems = new Map<string, string>();
const stemsMax = 50_000; // chosen arbitrarily; a few megabytes

function stemEnglishWord(word: string): string {
  if (!asciiWord.test(word)) return word;
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = stemEnglish(word);
  if (stems.size >= stemsMax) stems.clear();
  stems.set(word, stem);
  return stem;
}

export const english: TermLanguage = {
  id: "english",
  stopWords: new Set(englishStopWords.split(" ")),
  stem: stemEnglishWord,
};

/** Words as they stand: for text whose language has no entry here. */
export const anyLanguage: TermLanguage = { id: "any", stopWords: new Set(), stem: (word) => word };
