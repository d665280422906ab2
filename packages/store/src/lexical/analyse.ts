import { foldLetters } from "./fold-letters.ts";
import type { TermLanguage } from "./languages.ts";
import { english } from "./languages.ts";
import { normaliseText } from "./normalise-text.ts";
import type { ScriptRun } from "./script-runs.ts";
import { lastSignOf, pairsOf, segmentsOf, splitScripts } from "./script-runs.ts";
import { isCode, splitIdentifier } from "./split-identifier.ts";

/** Longer words are cut: nobody types them, and base64 would fill the index. In UTF-16 units. */
export const termCharactersMax = 64; // chosen arbitrarily

/**
 * Letters, digits and marks, held together by the joiners of identifiers and by an apostrophe; `+` and `#` may also
 * end a word (`c++`, `c#`). The classes share no character, so a match takes linear time.
 */
const words = /[\p{L}\p{M}\p{N}]+(?:[._\-'’׳+#]+[\p{L}\p{M}\p{N}]+)*(?:\+{1,2}|#)?/gu;
const possessive = /'s$/iu;
const apostrophes = /'/gu;
const curlyApostrophes = /[’׳]/gu;
const versionMark = /^v(?=\p{N})/u;
const lettersOnly = /^[a-z]+$/;
const capitals = /^\p{Lu}{2,}$/u;

/**
 * Text of a passage to the terms that stand for it in the index, in order, repeats included. Queries become terms by
 * the same rules, so they meet.
 *
 * A term holds only lower-case letters, digits, marks and `._-+#`: nothing that means anything to a query syntax. An
 * identifier gives itself and its words; a number keeps its dots; stop words give nothing, save in capitals (`WHO`);
 * scripts without spaces give pairs of signs or the words of a dictionary. Any string is accepted, lone surrogates and
 * NUL included. Linear time.
 */
export function analyse(text: string, language: TermLanguage): readonly string[] {
  return cutWords(text).flatMap(({ word, isInitials }) => {
    const terms: string[] = [];
    for (const run of splitScripts(word)) {
      if (run.kind === "paired") addPairs(terms, run.text);
      else addTerms(terms, run, isInitials, language);
    }
    return terms;
  });
}

/**
 * The terms of a query by the word that they come from: as many lists whatever the language. A sign alone stands for
 * every pair that begins with it.
 */
export function queryTermsOf(text: string, language: TermLanguage): readonly (readonly string[])[] {
  return cutWords(text).map(({ word, isInitials }) => {
    const terms: string[] = [];
    for (const run of splitScripts(word)) {
      if (run.kind === "paired") for (const pair of pairsOf(run.text)) terms.push(pair);
      else addTerms(terms, run, isInitials, language);
    }
    return terms;
  });
}

interface Word {
  readonly word: string;
  /** `WHO` among other words. In a line of capitals every word has them. */
  readonly isInitials: boolean;
}

function cutWords(text: string): readonly Word[] {
  const found = normaliseText(text).match(words) ?? [];
  const isCapital = found.map((word) => capitals.test(word));
  return found.map((word, i) => ({
    word,
    isInitials: isCapital[i] === true && !isCapital[i - 1] && !isCapital[i + 1],
  }));
}

/** The last sign of a run begins no pair, so it is a term itself: every sign of a passage begins one of its terms. */
function addPairs(terms: string[], run: string): void {
  const pairs = pairsOf(run);
  const last = lastSignOf(run);
  for (const pair of pairs) terms.push(pair);
  if (pairs.at(-1) !== last) terms.push(last);
}

function addTerms(terms: string[], run: ScriptRun, isInitials: boolean, language: TermLanguage): void {
  if (run.kind === "spaced") addWord(terms, run.text, isInitials, language);
  else for (const segment of segmentsOf(run.text)) terms.push(cut(segment));
}

function addWord(terms: string[], word: string, isKept: boolean, language: TermLanguage): void {
  const straight = word.replace(curlyApostrophes, "'");
  const own = language.elided === undefined ? straight : straight.replace(language.elided, "");
  if (own.includes("'") && language.isStopWord(foldLetters(language.lowerCase(own)))) return; // such as don't
  const bare = own.replace(possessive, "").replace(apostrophes, "");
  const parts = splitIdentifier(bare);
  if (parts.length === 0) {
    addPlainWord(terms, bare, isKept, language);
    return;
  }
  const whole = cut(foldLetters(bare.toLowerCase()));
  if (whole !== "") terms.push(whole);
  const partLanguage = isCode(bare) ? english : language; // programs are written in English, whatever surrounds them
  for (const part of parts) {
    const term = toTerm(part, partLanguage);
    if (term !== undefined) terms.push(term);
  }
}

function addPlainWord(terms: string[], word: string, isKept: boolean, language: TermLanguage): void {
  const lower = cut(language.lowerCase(word));
  const folded = foldLetters(lower);
  if (folded === "" || (!isKept && language.isStopWord(folded))) return;
  const stem = cut(language.stem(lower));
  terms.push(stem);
  if (language.headLetters !== undefined && stem.length > language.headLetters && lettersOnly.test(stem)) {
    terms.push(stem.slice(0, language.headLetters));
  }
  const unmarked = folded.replace(versionMark, "");
  if (unmarked !== folded) terms.push(unmarked);
  if (language.hasMarkedTerms && lower !== folded) terms.push(lower);
}

function toTerm(word: string, language: TermLanguage): string | undefined {
  const lower = cut(language.lowerCase(word));
  const folded = foldLetters(lower);
  return folded === "" || language.isStopWord(folded) ? undefined : cut(language.stem(lower));
}

/** Cuts between whole characters, so that no half of a surrogate pair is left. */
function cut(term: string): string {
  if (term.length <= termCharactersMax) return term;
  const end = /[\ud800-\udbff]/.test(term.charAt(termCharactersMax - 1)) ? termCharactersMax - 1 : termCharactersMax;
  return term.slice(0, end);
}
