import type { EvidenceSentences } from "./evidence-sentences.ts";
import { termsOf } from "./terms.ts";

/**
 * Share of the question's weighted terms that the evidence must hold somewhere. With it 0 to 3 % of the questions of
 * scifact, claude-docs, covid-qa, hotpotqa, squad2 and xquad (200 of each) are refused when their own document is among
 * ten, and 8 % (claude-docs, where all is of one field) to 67 % when all ten are others.
 */
const weightShareMin = 0.2;
/** A name or number that is missing says more than another word. */
const nameFactor = 2;

/**
 * Whether the evidence speaks of what is asked at all, so that quoting the nearest sentences is more than noise.
 *
 * It does not when two or more of the question's terms occur nowhere in it, and the others are the common ones. A single
 * missing word may be said in another way and refuses nothing, unless it is the only one. A question without any term
 * (`"Why?"`) refuses nothing either.
 */
export function holdsQuestion(question: string, evidence: EvidenceSentences): boolean {
  const terms = [...new Set(termsOf(question))];
  if (terms.length === 0) return true;
  const isThere = (term: string) =>
    evidence.pieces.some((piece) => piece.terms.has(term) || piece.placeTerms.has(term));
  const missing = terms.filter((term) => !isThere(term));
  if (missing.length === terms.length) return false;
  if (missing.length < 2) return true;
  const names = namesOf(question);
  const weightOf = (term: string) => evidence.weight(term) * (names.has(term) ? nameFactor : 1);
  const weigh = (some: readonly string[]) => some.reduce((sum, term) => sum + weightOf(term), 0);
  return 1 - weigh(missing) / weigh(terms) >= weightShareMin;
}

/**
 * Terms of the words that name something: capitals inside a sentence, and numbers of three digits or more. None where
 * capitals tell nothing, because most words have one.
 */
function namesOf(question: string): ReadonlySet<string> {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}_.,'’-]*/gu) ?? [];
  const isCapital = (word: string) => /^\p{Lu}/u.test(word);
  const isTelling = words.filter(isCapital).length * 2 <= words.length;
  const names = isTelling ? words.slice(1).filter(isCapital) : [];
  const numbers = words.filter((word) => /^\D*\d(?:[.,]?\d){2,}/.test(word));
  return new Set([...names, ...numbers].flatMap(termsOf));
}
