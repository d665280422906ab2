import { describe, expect, it } from "vitest";
import { MergedTable } from "./merged-table.ts";

const tooLarge = expect.objectContaining({
  code: "DOCUMENT_TOO_LARGE",
  details: { setting: "LARDER_PARSE_TEXT_CHARACTERS_MAX", textCharactersMax: 1_000 },
});
const word = { text: "plum", columnSpan: 1, continuesAbove: false };

describe("a table with merged cells", () => {
  it("has the text in each place that the cell covers", () => {
    const table = new MergedTable(1_000);
    table.addRow([{ ...word, columnSpan: 2 }, word]);
    table.addRow([
      { ...word, text: " ", continuesAbove: true },
      { ...word, text: "fig" },
    ]);
    expect(table.rows).toEqual([
      ["plum", "plum", "plum"],
      ["plum", "fig"],
    ]);
  });

  it.each([
    { what: "columns", row: [{ ...word, text: "p".repeat(100), columnSpan: 20 }] },
    { what: "empty columns", row: [{ ...word, text: "", columnSpan: 1e9 }, word, word] },
  ])("is refused where one cell's $what would be more than the text may have", ({ row }) => {
    const fill = (): void => {
      const table = new MergedTable(1_000);
      for (let i = 0; i < 10; i += 1) table.addRow(row);
    };
    expect(fill).toThrow(tooLarge);
  });

  it("is refused where a cell goes on through too many rows", () => {
    const table = new MergedTable(1_000);
    table.addRow([{ ...word, text: "p".repeat(100) }]);
    const goOn = (): void => table.addRow([{ text: "", columnSpan: 1, continuesAbove: true }]);
    for (let row = 1; row < 9; row += 1) goOn();
    expect(goOn).toThrow(tooLarge);
  });
});
