import { exactFactsOf } from "./exact-facts.ts";
import type { TableRow } from "./table-rows.ts";
import { isValue } from "./table-rows.ts";
import { termsOf } from "./terms.ts";

/**
 * Whether a statement gives a number of a row to another column than its own: it holds more words of that one's name.
 * A number that stands in several cells may be any of them, and one that stands in none is not this check's matter.
 */
export function misplacesNumber({ cells }: TableRow, statement: string): boolean {
  const { numbers } = exactFactsOf(statement);
  const terms = new Set(termsOf(statement));
  const columns = cells.slice(1).map(({ text, column }) => ({
    held: [...new Set(termsOf(column))].filter((term) => terms.has(term)).length,
    isNamed: column !== "",
    numbers: isValue(text) ? exactFactsOf(text).numbers : new Set<string>(),
  }));
  const most = Math.max(0, ...columns.filter(({ isNamed }) => isNamed).map(({ held }) => held));
  return [...numbers].some((number) => {
    const own = columns.filter((column) => column.numbers.has(number));
    return own.length > 0 && own.every(({ isNamed, held }) => isNamed && held < most);
  });
}
