import { wordsOf } from "./claim-support.ts";
import type { EvidenceSentences, ReadEvidence } from "./evidence-sentences.ts";
import type { ExactFacts } from "./exact-facts.ts";
import { exactFactsOf } from "./exact-facts.ts";
import { shownText } from "./shown-text.ts";
import type { TableRow } from "./table-rows.ts";
import { isValue } from "./table-rows.ts";
import { termsOf } from "./terms.ts";

/** What of a question a row answers, and with which of its cells. */
export interface RowFit {
  /** Share of the question's terms, by weight, that the row, one of its columns and its place hold: 0 … 1. */
  readonly words: number;
  /** Indexes of the cells whose columns fit the question best; all that hold something when no name tells them apart. */
  readonly chosen: readonly number[];
  /** Terms of its label that the question lacks: of two rows that hold as much, the one with fewer is meant. */
  readonly others: number;
  /** Nothing that tells rows apart is missing from it. */
  readonly isAsked: boolean;
  /**
   * What its score is multiplied with: 1 where a name, a number or a column of the question says that it is asked for,
   * less where it may be another row that is, or a sentence. Chosen arbitrarily.
   */
  readonly likelihood: number;
  /** It is asked for, and it is known which of its values is which. */
  readonly isGrounded: boolean;
}

/** Of the question's weight that a fitting row may leave out. Chosen on the questions of `table-answers.shared.test.ts`. */
const openShareMax = 0.5;

/**
 * Compares a question with a row: what its cells, the row of words above it and the names of its columns say together,
 * one column at a time, since a question asks for one and all rows of a table have the same ones.
 *
 * A row is asked for when its cells, and not only its columns, hold a word of the question; when nothing that tells rows
 * apart is missing, which is each name and each number that the question has, and each of its words that a label or a
 * column of the document's tables has; and when the nearest year that is named for it is one that is asked for.
 */
export function fitRow(
  row: TableRow,
  piece: ReadEvidence,
  evidence: Pick<EvidenceSentences, "weight" | "tableTerms">,
  question: { readonly terms: ReadonlySet<string>; readonly facts: ExactFacts },
): RowFit {
  const { cells, section } = row;
  const own = new Set(cells.flatMap(({ text }) => termsOf(text)));
  for (const term of termsOf(`${section}\n${labelsColumn(row)}`)) own.add(term);
  const filled = cells.flatMap(({ text }, index) => (text === "" || (index === 0 && cells.length > 1) ? [] : [index]));
  const shares = filled.map((index) => {
    const column = new Set(termsOf(cells[index]?.column ?? ""));
    return shareOf(question.terms, evidence.weight, (term) => (own.has(term) || column.has(term) ? 1 : 0));
  });
  const chosen = tightest(row, filled, shares, question.terms);
  const columns = chosen.map((index) => cells[index]?.column ?? "");
  for (const term of termsOf([...columns, ...row.headings].join("\n"))) own.add(term);
  const { weight } = evidence;
  const words = shareOf(question.terms, weight, (term) => (own.has(term) ? 1 : piece.placeTerms.has(term) ? 0.5 : 0));
  const apart = evidence.tableTerms(piece.evidence.documentId);
  const isOther = [...question.terms].some((term) => apart.has(term) && !own.has(term) && !piece.placeTerms.has(term));
  const isAbout = cells.some(({ text }) => termsOf(text).some((term) => question.terms.has(term)));
  const holds = holdsFacts(row, columns, piece, question.facts);
  const isAsked = isAbout && !isOther && 1 - words <= openShareMax && holds === "all";
  const label = isValue(cells[0]?.text ?? "") ? [] : termsOf(cells[0]?.text ?? "");
  const others = label.filter((term) => !question.terms.has(term)).length;
  const hasFacts = question.facts.names.size + question.facts.numbers.size > 0;
  const isToldApart = hasFacts || chosen.length < filled.length;
  const isNear = hasFacts && isAbout && holds !== "none";
  const likelihood = isAsked ? (isToldApart ? 1 : 0.6) : isNear ? 0.7 : 0.4;
  return { words, others, chosen, isAsked, likelihood, isGrounded: isAsked && tellsValues(row) };
}

/** Cells of the columns that fit best; of several only those whose names say no more than the question, if any do. */
function tightest(
  { cells }: TableRow,
  filled: readonly number[],
  shares: readonly number[],
  question: ReadonlySet<string>,
): readonly number[] {
  const best = Math.max(0, ...shares);
  if (shares.every((share) => share === best)) return filled;
  const chosen = filled.filter((_, i) => shares[i] === best);
  const exact = chosen.filter((index) => {
    const bare = (cells[index]?.column ?? "").replace(/\s*\([a-z\d]\)$/, ""); // the mark of a note
    return termsOf(bare).every((term) => question.has(term));
  });
  return exact.length > 0 ? exact : chosen;
}

function shareOf(terms: ReadonlySet<string>, weight: (term: string) => number, held: (term: string) => number): number {
  let found = 0;
  let all = 0;
  for (const term of terms) {
    found += weight(term) * held(term);
    all += weight(term);
  }
  return all === 0 ? 0 : found / all;
}

function labelsColumn({ cells }: TableRow): string {
  return cells[0]?.column ?? "";
}

/** Names and numbers of the question that the row and what is around it hold; `names`: those, but not each number. */
function holdsFacts(
  row: TableRow,
  columns: readonly string[],
  piece: ReadEvidence,
  facts: ExactFacts,
): "all" | "names" | "none" {
  const own = [row.section, ...row.cells.map(({ text }) => text), labelsColumn(row), ...columns];
  const { title } = piece.evidence;
  const around = [...own, ...row.headings, title].join("\n");
  const words = wordsOf(around);
  if (![...facts.names].every((name) => words.has(name))) return "none";
  const { numbers } = exactFactsOf(around);
  const isHeld = [...facts.numbers].every((number) => numbers.has(number));
  return isHeld && isOfYear([own.join("\n"), ...row.headings.toReversed(), title], facts) ? "all" : "names";
}

/** Of the texts around a value, nearest first, the first that names years names one that was asked for. */
function isOfYear(nearestFirst: readonly string[], { numbers }: ExactFacts): boolean {
  const asked = [...numbers].filter((number) => year.test(number));
  if (asked.length === 0) return true;
  const near = nearestFirst.map((text) => text.match(/\b(?:19|20)\d\d\b/g) ?? []).find((years) => years.length > 0);
  return near === undefined || near.some((each) => asked.includes(each));
}

const year = /^(?:19|20)\d\d$/;

/** Of two numbers or more, each has the name of its column. */
function tellsValues({ cells }: TableRow): boolean {
  const values = cells.slice(1).filter(({ text }) => isValue(text));
  return values.length < 2 || values.every(({ column }) => column !== "");
}

/**
 * A row as an answer shows it: what it is about, then the chosen values, each with its column's name: `Americas, Net
 * sales: Nine Months Ended July 1, 2023 = $ 122,445`. Cells that hold a word of the question stand beside them; a row
 * whose columns nothing names is shown as its quote.
 */
export function shownRow(
  row: TableRow,
  chosen: readonly number[],
  question: ReadonlySet<string>,
  quote: string,
): string {
  const { cells, section } = row;
  const [label] = cells;
  if (label === undefined || cells.length < 2 || cells.slice(1).every(({ column }) => column === "")) {
    return shownText(section === "" ? quote : `${withoutColon(section)}: ${quote}`);
  }
  const isShown = ({ text }: { readonly text: string }, index: number) =>
    text !== "" && (chosen.includes(index) || (!isValue(text) && termsOf(text).some((term) => question.has(term))));
  const areNamed = tellsValues(row);
  const values = cells
    .map((cell, index) => ({ ...cell, index }))
    .filter((cell) => cell.index > 0 && (areNamed ? isShown(cell, cell.index) : cell.text !== ""))
    // `attempt: one call`: beside words alone, the name of the only other column says nothing.
    .map(({ text, column }) =>
      column === "" || (cells.length === 2 && !isValue(text)) ? text : `${column} = ${text}`,
    );
  const about = [section === "" ? "" : withoutColon(section), labelOf(label)].filter((part) => part !== "");
  const joint = /^\p{Ll}/u.test(label.text) ? " " : ", ";
  return shownText([about.join(joint), values.join("; ")].filter((part) => part !== "").join(": "));
}

/** A label with the unit that heads its column; a number among labels, with what it counts. */
function labelOf({ text, column }: TableRow["cells"][number]): string {
  if (text === "" || column === "") return text;
  if (isValue(text)) return `${column} ${text}`;
  return /\b(?:in|thousands|millions|billions|%)\b/iu.test(column) ? `${text} (${column})` : text;
}

function withoutColon(text: string): string {
  return text.replace(/\s*:$/, "");
}
