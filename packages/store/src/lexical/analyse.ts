import { foldLetters } from "./fold-letters.ts";
import type { TermLanguage } from "./languages.ts";
import { pairsOf, segmentsOf, splitScripts } from "./script-runs.ts";
import { splitIdentifier } from "./split-identifier.ts";

/** Longer words are cut: nobody types them, and base64 would fill the index. In UTF-16 units. */
export const termCharactersMax = 64; // chosen arbitrarily

/**
 * Letters, digits and marks, held together by the joiners of identifiers and by an apostrophe; `+` and `#` may also
 * end a word (`c++`, `c#`). The classes share no character, so a match takes linear time.
 */
const words = /[\p{L}\p{M}\p{N}]+(?:[._\-'’+#]+[\p{L}\p{M}\p{N}]+)*(?:\+{1,2}|#)?/gu;
const thousands = /(?<=\p{N}),(?=\p{N}{3}(?!\p{N}))/gu;
const possessive = /['’]s$/iu;
const apostrophes = /['’]/gu;
const versionMark = /^v(?=\p{N})/u;

/**
 * Text to the terms that stand for it in the index, in order, repeats included. The same function is applied to
 * passages and to queries, so they meet.
 *
 * A term holds only lower-case letters, digits, marks and `._-+#`: nothing that means anything to a query syntax. An
 * identifier gives itself and its words; a number keeps its dots; stop words give nothing; scripts without spaces give
 * pairs of signs or the words of a dictionary. Any string is accepted, lone surrogates and NUL included. Linear time.
 */
export function analyse(text: string, language: TermLanguage): readonly string[] {
  const terms: string[] = [];
  for (const [word] of text.normalize("NFKC").replace(thousands, "").matchAll(words)) {
    for (const run of splitScripts(word)) {
      if (run.kind === "spaced") addWord(terms, run.text, language);
      else for (const term of run.kind === "paired" ? pairsOf(run.text) : segmentsOf(run.text)) terms.push(cut(term));
    }
  }
  return terms;
}

function addWord(terms: string[], word: string, language: TermLanguage): void {
  const bare = word.replace(possessive, "").replace(apostrophes, "");
  const whole = toTerm(bare);
  const parts = splitIdentifier(bare);
  if (parts.length === 0) {
    if (whole === "" || language.stopWords.has(whole)) return;
    terms.push(language.stem(whole));
    const unmarked = whole.replace(versionMark, "");
    if (unmarked !== whole) terms.push(unmarked);
    return;
  }
  terms.push(whole);
  for (const part of parts) {
    const term = toTerm(part);
    if (term !== "" && !language.stopWords.has(term)) terms.push(language.stem(term));
  }
}

function toTerm(word: string): string {
  return cut(foldLetters(word.toLowerCase()));
}

/** Cuts between whole characters, so that no half of a surrogate pair is left. */
function cut(term: string): string {
  if (term.length <= termCharactersMax) return term;
  const end = /[\ud800-\udbff]/.test(term.charAt(termCharactersMax - 1)) ? termCharactersMax - 1 : termCharactersMax;
  return term.slice(0, end);
}
