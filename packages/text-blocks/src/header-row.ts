/** Rows below the header that are looked at. Chosen arbitrarily. */
const rowsSeen = 50;

const number = /^[-+(]?[$€£¥]?\s?\d[\d.,\s'’]*\)?\s?[%$€£¥]?$/u;
const dateOrTime = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T\s]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(?::\d{2})?$/u;
/** Each part ends at one character that it cannot hold: what may be parted in several ways takes cubic time. */
const address = /^(?:https?:\/\/\S+|[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+)$/iu;
const year = /^(?:19|20)\d{2}$/u;

/**
 * Whether the first row of a table names its columns. Tables nearly always have a header, so one is missing only where
 * the first row says so: it holds values (numbers, dates, addresses) or hardly anything. Years may name columns where
 * the first cell is no number.
 */
export function hasHeaderRow(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0) return false;
  const names = first.map((cell) => cell.trim());
  const filled = names.filter((name) => name !== "");
  const width = rest.slice(0, rowsSeen).reduce((most, row) => Math.max(most, row.length), names.length);
  if (filled.length === 0 || filled.length * 2 < width) return false;
  const startsWithName = names[0] === "" || !isValue(names[0] ?? "");
  return filled.every((name) => !isValue(name) || (startsWithName && year.test(name)));
}

/** A number, a date, a time or an address: what stands in a table's body. */
function isValue(cell: string): boolean {
  return number.test(cell) || dateOrTime.test(cell) || address.test(cell);
}
