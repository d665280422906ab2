import { describe, expect, it } from "vitest";
import { markdownTable } from "./markdown-table.ts";

describe("a Markdown table", () => {
  it("has a header, one line a row, and cells that break nothing", () => {
    const table = markdownTable([["name", "note"], ["a|b", "two\nlines"], [" ", ""], ["short"]]);
    expect(table).toBe("| name | note |\n| --- | --- |\n| a\\|b | two lines |\n| short |  |");
  });

  it("of very many columns is not filled up", () => {
    const wide = Array.from({ length: 300 }, (_, i) => `c${i}`);
    expect(markdownTable([wide, ["x"]])).toBe(`| ${wide.join(" | ")} |\n| x |`);
  });

  it("has as many rows as there are", () => {
    expect(markdownTable(Array.from({ length: 300_000 }, () => ["x"])).split("\n")).toHaveLength(300_001);
  });

  it("of nothing is nothing", () => {
    expect(markdownTable([])).toBe("");
    expect(markdownTable([[" "], []])).toBe("");
  });
});
