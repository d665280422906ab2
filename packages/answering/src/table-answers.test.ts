import { LarderError } from "@larder/contracts";
import { evidenceOf } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { readSentences } from "./evidence-sentences.ts";
import { extractAnswer } from "./extract-answer.ts";
import { misplacesNumber } from "./misplaces-number.ts";
import { tableRowsOf } from "./table-rows.ts";
import { findSupport } from "./verify-citations.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const withoutEmbedder = { dimensions: 2, embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")) };
const table = [
  "|  | Sales 2023 | Profit 2023 | Sales 2022 |",
  "| --- | --- | --- | --- |",
  "| North: |  |  |  |",
  "| Honey | 500 | 41 | 480 |",
  "| Oil, Inc. cold | 700 | 52 | 690 |",
  "| Total | 1,200 | 93 | 1,170 |",
].join("\n");
const evidence = readSentences([evidenceOf(table, { start: 500, title: "Report" })]);
const extract = (question: string, of = evidence) => extractAnswer(question, of, withoutEmbedder, call);

describe("an answer from a table", () => {
  it.each([
    ["What were the sales of Honey in 2023?", "North, Honey: Sales 2023 = 500 [1]", "Honey | 500 | 41 | 480"],
    ["What were the sales of Honey in 2022?", "North, Honey: Sales 2022 = 480 [1]", "Honey | 500 | 41 | 480"],
    ["profit of cold Oil 2023", "North, Oil, Inc. cold: Profit 2023 = 52 [1]", "Oil, Inc. cold | 700 | 52 | 690"],
  ])("to %j is the row, word for word, shown with the column: %j", async (question, shown, quote) => {
    const said = await extract(question);
    expect(said.map(({ text }) => text)).toEqual([shown]);
    expect(said[0]?.isGrounded).toBe(true);
    expect(said[0]?.citation.quote).toBe(quote);
    expect(table.slice((said[0]?.citation.start ?? 0) - 500, (said[0]?.citation.end ?? 0) - 500)).toBe(quote);
  });

  it.each(["What were the sales of Honey in 2019?", "What were the sales of Jam in 2023?"])(
    "is not called grounded where the row lacks what was asked: %j",
    async (question) => {
      const said = await extract(question);
      expect(said.filter(({ isGrounded }) => isGrounded)).toEqual([]);
    },
  );

  it("is not called grounded where nothing tells which number is which", async () => {
    const bare = readSentences([evidenceOf("| Honey | 500 | 41 |\n| Oil | 700 | 52 |")]);
    const [said] = await extract("sales of Honey", bare);
    expect(said).toMatchObject({ text: "Honey | 500 | 41 [1]", isGrounded: false });
  });

  it("that a model wrote has support in one row, and in the number's own column", () => {
    const support = (statement: string) => findSupport(evidence, 1, statement, "")?.quote;
    expect(support("Honey had sales of 500 in 2023.")).toBe("| Honey | 500 | 41 | 480 |");
    expect(support("Honey had sales of 700 in 2023.")).toBeUndefined();
    expect(support("Honey had a profit of 500 in 2023.")).toBeUndefined();
  });

  it("knows a number that is given to another column", () => {
    const row = tableRowsOf({ text: table, headings: [] }).find(({ cells }) => cells[0]?.text === "Honey");
    if (row === undefined) throw new Error("no such row");
    expect(misplacesNumber(row, "sales 2023: 500")).toBe(false);
    expect(misplacesNumber(row, "profit 2023: 500")).toBe(true);
    expect(misplacesNumber(row, "profit 2023: 12")).toBe(false);
  });
});
