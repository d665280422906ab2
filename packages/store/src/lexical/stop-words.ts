import { stopwords as danish } from "@orama/stopwords/danish";
import { stopwords as dutch } from "@orama/stopwords/dutch";
import { stopwords as english } from "@orama/stopwords/english";
import { stopwords as finnish } from "@orama/stopwords/finnish";
import { stopwords as french } from "@orama/stopwords/french";
import { stopwords as german } from "@orama/stopwords/german";
import { stopwords as italian } from "@orama/stopwords/italian";
import { stopwords as norwegian } from "@orama/stopwords/norwegian";
import { stopwords as portuguese } from "@orama/stopwords/portuguese";
import { stopwords as russian } from "@orama/stopwords/russian";
import { stopwords as swedish } from "@orama/stopwords/swedish";

/** Words of the Russian list that are what a text may be about: person, spoke, said, say. */
const meaningful = new Set(["человек", "говорил", "сказал", "сказать", "сказала"]);

/**
 * Only the lists that go back to Snowball's: articles, pronouns, prepositions, question words, auxiliaries. The
 * library's others hold nouns and verbs, or letters in a broken encoding; measured on XQuAD, its Spanish list costs .001
 * of nDCG@10 and its Hindi list .004, so those languages rely on BM25's own weight for frequent words.
 */
const lists: Readonly<Record<string, readonly string[]>> = {
  da: danish,
  de: german,
  en: [...english, "a"], // the library's has an and the
  fi: finnish,
  fr: french,
  it: italian,
  nl: dutch,
  no: norwegian,
  pt: portuguese,
  ru: russian.filter((word) => !meaningful.has(word)),
  sv: swedish,
};

/** Lower case, with marks and straight apostrophes: `i'd` is one, `id` is none. Empty for a language without a list. */
export function stopWordsOf(language: string): readonly string[] {
  return lists[language] ?? [];
}
