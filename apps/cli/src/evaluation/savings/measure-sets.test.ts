import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { savingsReport } from "@larder/savings-runs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommandLine } from "../../run-command-line.ts";

const topics = ["rain falls on the northern hills", "bakers knead dough before dawn", "ferries cross the bay hourly"];
const paragraphs = Array.from({ length: 120 }, (_, i) => `Paragraph ${i}. ${topics[i % 3]}, as note ${i * 7} says.`);
const fact = "The lighthouse keeper was called Ottoline Marsh.";
const long = [...paragraphs.slice(0, 40), fact, ...paragraphs.slice(40)].join("\n\n");
const start = long.indexOf(fact);
const lines = (...rows: readonly object[]) => gzipSync(rows.map((row) => JSON.stringify(row)).join("\n"));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-sets-"));
  await mkdir(join(folder, "sets", "story"), { recursive: true });
  const files = {
    "corpus.jsonl.gz": lines({ _id: "1", title: "Coast", text: long }),
    "queries.jsonl.gz": lines({ _id: "q1", text: "What was the lighthouse keeper called?" }),
    "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t1\t1\n",
    "gold.jsonl.gz": lines({ query_id: "q1", doc_id: "1", spans: [{ start16: start, end16: start + fact.length }] }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, "sets", "story", name), content);
  process.env.LARDER_DATA_DIR = join(folder, "data");
});
afterAll(async () => {
  delete process.env.LARDER_DATA_DIR;
  await rm(folder, { recursive: true, force: true });
});

const measure = (...more: readonly string[]) => {
  const where = ["--data", join(folder, "sets"), "--cache", join(folder, "cache"), "--budgets", "256,1k"];
  return runCommandLine(["savings", "measure", ...where, ...more]);
};

it("measures labelled sets with every baseline of the evaluation, without a key, and writes both files", async () => {
  const [out, html] = [join(folder, "report.json"), join(folder, "report.html")];
  expect(await measure("--out", out, "--html", html)).toBe(0);
  const text = await readFile(out, "utf8");
  const report = savingsReport.parse(JSON.parse(text));
  expect(report.curves.map(({ arm }) => arm)).toEqual([
    "larder",
    "lexical_passages",
    "naive_rag",
    "random_passages",
    "oracle_evidence",
  ]);
  for (const arm of ["larder", "lexical_passages", "oracle_evidence"]) {
    expect(report.curves.find((curve) => curve.arm === arm)?.points.at(-1)?.mean, arm).toBe(1);
  }
  expect(report.scope.corpus_documents).toBe(1);
  expect(await readFile(html, "utf8")).toContain(report.run_id);
  expect(await measure("--out", out)).toBe(0); // the same run: the report that is kept
  expect(await readFile(out, "utf8")).toBe(text);
}, 60_000);

it("refuses arms and qualities that it does not know", async () => {
  expect(await measure("--arms", "magic")).toBe(2);
  expect(await measure("--quality", "magic")).toBe(2);
  expect(await runCommandLine(["savings", "measure", "--budgets", "none"])).toBe(2);
}, 60_000);
