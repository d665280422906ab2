import type { LanguageCode } from "@larder/contracts";
import { foldLetters } from "./fold-letters.ts";
import { memoise } from "./memoise.ts";
import { stemmers } from "./stemmers.ts";
import { stopWordsOf } from "./stop-words.ts";

/** What differs between languages when text becomes terms. Words come in lower case, with their marks. */
export interface TermLanguage {
  /** Equal for languages whose words become the same terms. */
  readonly id: string;
  lowerCase(word: string): string;
  /** Says nothing about the subject. Expects a folded word with its apostrophes, straight. */
  isStopWord(word: string): boolean;
  /** The folded form that a word shares with its inflections. */
  stem(word: string): string;
  /** What stands before an apostrophe and is a word of its own: `l'`, `dell'`. */
  readonly elided?: RegExp;
  /** How much of a long stem is a term as well, because languages that write compounds as one word begin them so. */
  readonly headLetters?: number;
  /** Whether words that differ by marks alone are different words, so that the marked form is a term as well. */
  readonly hasMarkedTerms: boolean;
}

const plainWord = /^[a-z]{3,40}$/; // what Porter's rules are for
const asciiWord = /^[\0-\x7f]*$/;

const englishStops = new Set(stopWordsOf("en"));
const stemEnglish = memoise((word) => {
  const folded = foldLetters(word);
  return plainWord.test(folded) ? (stemmers.en?.(folded) ?? folded) : folded;
});

const toLowerCase = (word: string) => word.toLowerCase();

/** Also for languages in other scripts without rules of their own: only plain Latin words are changed. */
export const english: TermLanguage = {
  id: "en",
  lowerCase: toLowerCase,
  isStopWord: (word) => englishStops.has(word),
  stem: stemEnglish,
  hasMarkedTerms: false,
};

/** Words as they stand: for languages in Latin letters without rules here. */
const anyLanguage: TermLanguage = {
  id: "any",
  lowerCase: toLowerCase,
  isStopWord: () => false,
  stem: memoise(foldLetters),
  hasMarkedTerms: false,
};

const frenchElided = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\p{L})/iu;
const italianElided =
  /^(?:[cdlmnstv]|un|gli|del+|dal+|al+|nel+|sul+|col+|quel+|quest|bel+|sant|tutt|anch)['’](?=\p{L})/iu;
const elided: Readonly<Record<LanguageCode, RegExp>> = { fr: frenchElided, ca: frenchElided, it: italianElided };

/** Written in Latin letters, with no stemmer here. */
const unstemmedLatin = new Set("cs et eu is ku lv pl sk sl sq tl yo".split(" "));
/** The same, with rules of their own for elision, capitals or marks. */
const specialLatin = new Set(["az", "ca", "vi"]);
/** Written in other letters: a Latin word in them is mostly a name or an English term. */
const otherScripts = new Set("ar bg el hi hy ru ta uk".split(" "));
/** İ and I are not the capitals of i there. */
const dottedCapitals = new Set(["tr", "az"]);

/** Stadtverwaltung is also found by Stadt. Measured for German: nDCG@10 on XQuAD .948 without, .958 with it. */
const compounding = new Set(["da", "de", "nl", "no", "sv"]);
const headLetters = 5; // 4 to 6 were tried: docs/decisions/0009-languages.md

const made = new Map<LanguageCode, TermLanguage>();

/** The rules for a detected language. A language that has none is treated as English, which leaves most scripts alone. */
export function termLanguageOf(code: LanguageCode | undefined): TermLanguage {
  if (code === undefined || code === "en") return english;
  const known = made.get(code);
  if (known !== undefined) return known;
  const language = makeLanguage(code);
  made.set(code, language);
  return language;
}

function makeLanguage(code: LanguageCode): TermLanguage {
  const stemmer = stemmers[code];
  if (unstemmedLatin.has(code)) return anyLanguage;
  if (stemmer === undefined && !specialLatin.has(code)) return english;
  const stops = new Set(stopWordsOf(code).map(foldLetters));
  const stemOwn = memoise((word) => foldLetters(stemmer?.(word) ?? word) || foldLetters(word));
  const isForeign = (word: string) => otherScripts.has(code) && asciiWord.test(word);
  const pattern = elided[code];
  return {
    id: code,
    lowerCase: dottedCapitals.has(code) ? (word) => word.toLocaleLowerCase("tr") : toLowerCase,
    isStopWord: (word) => stops.has(word) || (isForeign(word) && english.isStopWord(word)),
    stem: (word) => (isForeign(word) ? english.stem(word) : stemOwn(word)),
    ...(pattern === undefined ? {} : { elided: pattern }),
    ...(compounding.has(code) ? { headLetters } : {}),
    hasMarkedTerms: code === "vi",
  };
}
