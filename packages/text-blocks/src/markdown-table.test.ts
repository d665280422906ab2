import { describe, expect, it } from "vitest";
import { markdownTable } from "./markdown-table.ts";

describe("a Markdown table", () => {
  it("has a header, one line a row, and cells that break nothing", () => {
    const table = markdownTable([["name", "note"], ["a|b", "two\nlines"], [" ", ""], ["short"]]);
    expect(table).toBe("| name | note |\n| --- | --- |\n| a\\|b | two lines |\n| short |  |");
  });

  it("of nothing is nothing", () => {
    expect(markdownTable([])).toBe("");
    expect(markdownTable([[" "], []])).toBe("");
  });
});
