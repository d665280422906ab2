import type { ParsedDocument, ParseWarning } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { BlockWriter, hasHeaderRow, refuseLongText, tableRow, tableRule, toHeadingTitle } from "@larder/text-blocks";
import Papa from "papaparse";

const delimiters = [",", ";", "\t", "|"];
/** Rows from which the dialect, the header and the usual number of columns are told. Chosen arbitrarily. */
const sampleRows = 200;
/** No file holds this character, which stands for "no quotes": NUL has been replaced before. */
const noQuote = "\0";

interface Dialect {
  readonly delimiter: string;
  readonly quoteChar: string;
}

/**
 * CSV and its relatives as one Markdown table: comma, semicolon, tab or bar between the cells, quotes around those that
 * hold one. Cells are text and nothing else, whatever they begin with. The columns' names are those of the first row,
 * unless that one holds values. Rows of other lengths than the rest stay as they are, with a warning.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function readDelimited(text: string, { limits }: ReadContext): ParsedDocument {
  refuseLongText(text.length, limits.textCharactersMax);
  const { dialect, isQuoteOpen } = dialectOf(text);
  const sample = Papa.parse<string[]>(text, { ...dialect, skipEmptyLines: "greedy", preview: sampleRows }).data;
  const columns = sample.reduce((most, row) => Math.max(most, row.length), 0);
  const hasHeader = hasHeaderRow(sample);
  const lines: string[] = [];
  let length = 0;
  let uneven = 0;
  Papa.parse<string[]>(text, {
    ...dialect,
    skipEmptyLines: "greedy",
    step: ({ data }) => {
      if (data.length !== columns) uneven += 1;
      const line = tableRow(data, columns);
      length += line.length + 1;
      refuseLongText(length, limits.textCharactersMax); // before the rest is read
      if (line !== "") lines.push(line, ...(lines.length === 0 ? tableRule(columns) : []));
    },
  });
  const writer = new BlockWriter(limits.textCharactersMax);
  const names = hasHeader ? (sample[0] ?? []).map(toHeadingTitle) : undefined;
  writer.write("table", lines.join("\n"), [], "\n\n", names);
  const mediaType = dialect.delimiter === "\t" ? "text/tab-separated-values" : "text/csv";
  const warnings = warningsOf(uneven, isQuoteOpen);
  return { text: writer.toString(), mediaType, blocks: writer.blocks, pages: [], warnings };
}

/** A quote that is never closed would make one cell of all that follows: then quotes are characters like others. */
function dialectOf(text: string): { readonly dialect: Dialect; readonly isQuoteOpen: boolean } {
  const delimiter = delimiterOf(text);
  if (!text.includes('"')) return { dialect: { delimiter, quoteChar: noQuote }, isQuoteOpen: false };
  let isQuoteOpen = false;
  Papa.parse<string[]>(text, {
    delimiter,
    step: ({ errors }) => {
      if (errors.some(({ code }) => code === "MissingQuotes")) isQuoteOpen = true;
    },
  });
  return { dialect: { delimiter, quoteChar: isQuoteOpen ? noQuote : '"' }, isQuoteOpen };
}

/**
 * The one that gives most rows the same number of cells, and many of them. A first row of another length speaks against
 * it: decimal commas are in all rows but the header.
 */
function delimiterOf(text: string): string {
  const scores = delimiters.map((delimiter) => {
    const rows = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: "greedy", preview: sampleRows }).data;
    const counts = new Map<number, number>();
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [width, count] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [1, 0]);
    const agreeing = count / Math.max(1, rows.length);
    return agreeing ** 2 * Math.log2(width) * (rows[0]?.length === width ? 1 : 0.5);
  });
  const best = Math.max(...scores);
  const found = best > 0 ? delimiters[scores.indexOf(best)] : undefined;
  return found ?? delimiters.find((delimiter) => text.includes(delimiter)) ?? ",";
}

function warningsOf(uneven: number, isQuoteOpen: boolean): readonly ParseWarning[] {
  const warnings: ParseWarning[] = [];
  if (uneven > 0) {
    const message = `${uneven} rows have more or fewer cells than the widest of the first ${sampleRows}`;
    warnings.push({ code: "rows_uneven", message });
  }
  if (isQuoteOpen)
    warnings.push({ code: "quote_unclosed", message: "a quote is never closed: quotes are read as text" });
  return warnings;
}
