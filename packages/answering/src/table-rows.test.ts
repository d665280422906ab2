import { describe, expect, it } from "vitest";
import { tableRowsOf } from "./table-rows.ts";

const rowsOf = (text: string, headings: readonly string[] = []) =>
  tableRowsOf({ text, headings }).filter(({ isHeader }) => !isHeader);
const columnsOf = (text: string, headings: readonly string[] = []) =>
  rowsOf(text, headings).map(({ cells }) => cells.map(({ column }) => column));

describe("tableRowsOf", () => {
  it("names the cells of each row by the header, between other text", () => {
    const text = "Before.\n\n| Jar | Weight |\n| --- | --- |\n| Honey \\| wild | 500 |\n\nBehind.";
    const [row, ...others] = rowsOf(text);
    expect(others).toEqual([]);
    expect(row?.cells).toEqual([
      { text: "Honey | wild", column: "Jar" },
      { text: "500", column: "Weight" },
    ]);
    expect(text.slice(row?.start, row?.end)).toBe("| Honey \\| wild | 500 |");
  });

  it.each([
    { what: "all", heading: "Jar | Weight | Price", names: ["Jar", "Weight", "Price"] },
    { what: "all but the labels'", heading: "Weight | Price", names: ["", "Weight", "Price"] },
    { what: "too few to be told apart", heading: "Weight", names: ["", "", ""] },
    { what: "cut off", heading: "Jar | Weight | …", names: ["", "", ""] },
  ])("takes the names from the last heading below a header: $what", ({ heading, names }) => {
    expect(columnsOf("| Honey | 500 | 7 |\n| Oil | 750 | 9 |", ["Pantry", heading])).toEqual([names, names]);
  });

  it("takes no values for names: a first row that has some is a row like others", () => {
    const text = "| Honey | 500 |\n| --- | --- |\n| Oil | 750 |";
    expect(columnsOf(text, ["Jar | Weight"])).toEqual([
      ["Jar", "Weight"],
      ["Jar", "Weight"],
    ]);
  });

  it("joins a name that stands over several columns with those below", () => {
    const text = "| | 2023 | 2023 |\n| --- | --- | --- |\n| | Sold | Eaten |\n| Honey | 5 | 7 |".replaceAll(
      "| |",
      "|  |",
    );
    expect(columnsOf(text)).toEqual([["", "2023 Sold", "2023 Eaten"]]);
  });

  it("puts rows below the row of words above them, until a sum", () => {
    const text = ["| | 2023 |", "| --- | --- |", "| Jars: | |", "| Honey | 5 |", "| Total jars | 5 |", "| Bread | 2 |"]
      .join("\n")
      .replaceAll("| |", "|  |");
    expect(rowsOf(text).map(({ cells, section }) => [cells[0]?.text, section])).toEqual([
      ["Honey", "Jars:"],
      ["Total jars", ""],
      ["Bread", ""],
    ]);
  });
});
