import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { parseBytes } from "../src/parse-bytes.ts";

const folder = join(process.env.LARDER_SHARED_DIR ?? "", "formats");
const parse = async (file: string) => parseBytes(await readFile(join(folder, file)), file, defaultParseLimits);

/** How often each word, a run of letters or digits in lower case, is in a text. */
function wordsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** F1 of words, each as often as it is there. */
function agreement(text: string, reference: string): number {
  const [ours, theirs] = [wordsOf(text), wordsOf(reference)];
  let shared = 0;
  for (const [word, count] of ours) shared += Math.min(count, theirs.get(word) ?? 0);
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((all, count) => all + count, 0);
  return (2 * shared) / (sum(ours) + sum(theirs));
}

describe("files of tables and RTF", () => {
  it.each([
    { file: "docling__csv-semicolon.csv", reference: "expected/docling__csv-semicolon.csv.md", least: 0.99 },
    { file: "docling__xlsx_01.xlsx", reference: "expected/docling__xlsx_01.xlsx.md", least: 0.95 },
    { file: "docling__legacy_sample.xls", reference: "expected/docling__legacy_sample.xls.md", least: 0.95 },
    { file: "unstructured__eng_spa_mult.rtf", reference: "unstructured__eng_spa_mult.txt", least: 0.99 },
  ])("agree with their reference: $file", async ({ file, reference, least }) => {
    const parsed = await parse(file);
    expectSoundDocument(parsed);
    expect(agreement(parsed.text, await readFile(join(folder, reference), "utf8"))).toBeGreaterThanOrEqual(least);
  });

  it.each([
    { file: "unstructured__csv-with-long-lines.csv", holds: "SpearmanCorrelationCoefficient" },
    { file: "unstructured__vodafone.xlsx", holds: "| Topic | Period | Page |" },
    { file: "unstructured__2023-half-year-analyses-by-segment.xlsx", holds: "| Zone NA | 12553 | 2713 |" },
    { file: "unstructured__xlsx-subtable-cases.xlsx", holds: "| c | d |" },
    { file: "markitdown__test.xlsx", holds: "6ff4173b-42a5-4784-9b19-f49caff4d93d" },
  ])("have the tables that they show: $file", async ({ file, holds }) => {
    const parsed = await parse(file);
    expectSoundDocument(parsed);
    expect(parsed.text).toContain(holds);
  });
});
