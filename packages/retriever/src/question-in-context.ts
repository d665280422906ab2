import type { Turn } from "@larder/contracts";

/** Questions before this one that may be read. Chosen arbitrarily. */
const turnsRead = 3;

/** English words that point to something said before. `that` is left out: it is mostly a relative pronoun. */
const pointing =
  /\b(?:it|its|itself|they|their|theirs|them|he|him|his|himself|she|her|hers|herself|this|these|those|same)\b/i;
const opening =
  /^\s*(?:and|but|so|also|then|or|how so|(?:what|how) about|(?:what|who|where|when|why|how) else|any (?:other|more)s?)\b/i;
/** English words that say nothing of what is asked about. */
const empty = new Set(
  (
    "a about after all also an and any are as at be because been before but by can could did do does for from had has " +
    "have he her him his how i if in into is it its many may me more most much my no not of on or other our she should " +
    "so some such than that the their them then there these they this those to too under up us was we were what when " +
    "where which while who whom whose why will with would you your"
  ).split(" "),
);

/**
 * The text that a question is searched with after earlier turns: itself, and when it does not stand alone, a line of what
 * the last question that does was about. Names are enough of that, which keeps the new question in front; a question
 * with at most one word of its own (`"why?"`), or after one without names, gets all the words that carry content.
 *
 * A question does not stand alone when it points back (`it`, `their`), opens as an addition (`and`, `what about`), or has
 * at most two words of content and no name. English words; in other languages only the last rule finds a follow-up.
 * Pure; `text` itself without history.
 */
export function questionInContext(text: string, history: readonly Turn[] = []): string {
  if (history.length === 0 || standsAlone(text)) return text;
  const questions = history.slice(-turnsRead).map(({ question }) => question);
  const last = questions.findLastIndex(standsAlone);
  const read = questions.slice(last === -1 ? 0 : last);
  const isBare = contentOf(text).length < 2;
  const terms = read.flatMap((question) => {
    const names = namesOf(question);
    return isBare || names.length === 0 ? contentOf(question) : names;
  });
  return terms.length === 0 ? text : `${text}\n${[...new Set(terms)].join(" ")}`;
}

function standsAlone(text: string): boolean {
  if (opening.test(text) || pointing.test(text.replace(/\bIT\b/g, ""))) return false; // a name, no pronoun
  return contentOf(text).length > 2 || namesOf(text).length > 0;
}

/** Words with a capital or a digit after the first word. */
function namesOf(text: string): readonly string[] {
  return wordsOf(text)
    .slice(1)
    .filter((word) => /^\p{Lu}/u.test(word) || /\p{N}/u.test(word));
}

function contentOf(text: string): readonly string[] {
  return wordsOf(text).filter((word) => !empty.has(word.toLowerCase()));
}

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

function wordsOf(text: string): readonly string[] {
  return [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}
