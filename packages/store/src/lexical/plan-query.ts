import type { LanguageCode, LanguageDetector } from "@larder/contracts";
import { queryTermsOf } from "./analyse.ts";
import type { HeldLanguages } from "./held-languages.ts";
import type { TermLanguage } from "./languages.ts";
import { english, termLanguageOf } from "./languages.ts";
import { isPaired } from "./script-runs.ts";

export interface QueryPlan {
  /** Distinct. */
  readonly terms: readonly string[];
  /** Two terms that follow each other in the query, with a space between. Distinct. */
  readonly phrases: readonly string[];
}

/**
 * From this confidence on a query is read in its own language alone. Chosen so: of the questions of XQuAD, cut to a few
 * words or whole, 97 % of such guesses are right.
 */
const confidenceMin = 0.95;

/** Languages that fewer of the passages are in do not count for an unsure query: code resembles Italian at times. */
const shareMin = 0.01; // chosen arbitrarily

/**
 * The rules that a query is read by: only those of its own language where that is sure, out of the languages that the
 * knowledge base holds. A few words are no evidence of a language, so they are looked up in every form that they could
 * have. Where one language is held, which is the common case, nothing is detected.
 */
export function chooseLanguages(
  query: string,
  held: HeldLanguages,
  detector: LanguageDetector | undefined,
): readonly TermLanguage[] {
  const codes = Object.keys(held).toSorted(); // whatever came first: the order of terms decides how scores are rounded
  const all = distinct(codes);
  if (all.length === 0) return [english];
  if (all.length === 1) return all;
  const found = detector?.detect(query, new Set(codes));
  if (found !== undefined && found.confidence >= confidenceMin) return [termLanguageOf(found.language)];
  const sum = codes.reduce((total, code) => total + (held[code] ?? 0), 0);
  return distinct(codes.filter((code) => (held[code] ?? 0) >= sum * shareMin));
}

function distinct(codes: readonly LanguageCode[]): readonly TermLanguage[] {
  return [...new Map(codes.map(termLanguageOf).map((language) => [language.id, language])).values()];
}

/** What of a query is looked up; terms beyond the most are left out, from its end. */
export function planQuery(query: string, languages: readonly TermLanguage[], termsMax: number): QueryPlan {
  const readings = languages.map((language) => queryTermsOf(query, language));
  const terms = new Set<string>();
  for (const i of readings[0]?.keys() ?? []) {
    for (const reading of readings) for (const term of reading[i] ?? []) if (terms.size < termsMax) terms.add(term);
  }
  const phrases = new Set(readings.flatMap((reading) => phrasesOf(reading, terms)));
  return { terms: [...terms], phrases: [...phrases] };
}

/** Not of pairs of signs: two that follow each other say what each says already, and the words' order is free. */
function phrasesOf(words: readonly (readonly string[])[], terms: ReadonlySet<string>): readonly string[] {
  const isLookedUp = (term: string | undefined) => term !== undefined && terms.has(term) && !isPaired(term);
  const spoken = words.filter((word) => word.length > 0);
  return spoken.slice(1).flatMap((word, i) => {
    const before = spoken[i]?.at(-1);
    const after = word[0];
    return before !== after && isLookedUp(before) && isLookedUp(after) ? [`${before} ${after}`] : [];
  });
}
