import type { EvidenceSentences } from "./evidence-sentences.ts";
import { termsOf } from "./terms.ts";

/** Share of the question's weighted terms that the evidence must hold somewhere. Chosen arbitrarily. */
const weightShareMin = 0.25;

/**
 * Whether the evidence speaks of what is asked at all, so that quoting the nearest sentences is more than noise.
 *
 * It does not when none of the question's names and long numbers occurs in it, nor when two or more of the question's
 * terms do not and the others are the common ones. A single missing word may be said in another way and refuses nothing.
 * A question without any term (`"Why?"`) refuses nothing either.
 */
export function holdsQuestion(question: string, evidence: EvidenceSentences): boolean {
  const terms = [...new Set(termsOf(question))];
  if (terms.length === 0) return true;
  const isThere = (term: string) =>
    evidence.pieces.some((piece) => piece.terms.has(term) || piece.placeTerms.has(term));
  const missing = terms.filter((term) => !isThere(term));
  if (missing.length === terms.length) return false;
  const names = namesOf(question);
  if (names.length > 0 && names.every((name) => missing.includes(name))) return false;
  if (missing.length < 2) return true;
  const weigh = (some: readonly string[]) => some.reduce((sum, term) => sum + evidence.weight(term), 0);
  return 1 - weigh(missing) / weigh(terms) >= weightShareMin;
}

/**
 * Terms of the words that name something: capitals inside a sentence, and numbers of three digits or more. None where
 * capitals tell nothing, because most words have one.
 */
function namesOf(question: string): string[] {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}_.,'’-]*/gu) ?? [];
  const isCapital = (word: string) => /^\p{Lu}/u.test(word);
  const isTelling = words.filter(isCapital).length * 2 <= words.length;
  const names = isTelling ? words.slice(1).filter(isCapital) : [];
  const numbers = words.filter((word) => /^\D*\d(?:[.,]?\d){2,}/.test(word));
  return [...new Set([...names, ...numbers].flatMap(termsOf))];
}
