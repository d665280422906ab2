import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { EvaluationRun } from "@larder/evaluation";
import { parseRun, renderHtml, writeRun } from "@larder/evaluation";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderResults } from "./render-results.ts";
import { toJson } from "./results-json.ts";
import { runEvaluation } from "./run-evaluation.ts";
import type { StageProgress } from "./stage-progress.ts";

const topics = ["rain falls on the northern hills", "bakers knead dough before dawn", "ferries cross the bay hourly"];
const paragraphs = Array.from({ length: 90 }, (_, i) => `Paragraph ${i}. ${topics[i % 3]}, as note ${i * 7} says.`);
const fact = "The lighthouse keeper was called Ottoline Marsh.";
const long = [...paragraphs.slice(0, 40), fact, ...paragraphs.slice(40)].join("\n\n");
const start = long.indexOf(fact);

const lines = (...rows: readonly object[]) => gzipSync(rows.map((row) => JSON.stringify(row)).join("\n"));
const sets: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>> = {
  facts: {
    "corpus.jsonl.gz": lines(
      { _id: "1", title: "Weather", text: "Rain falls on the northern hills in spring." },
      { _id: "2", title: "Bread", text: "Bakers knead dough before dawn." },
      { _id: "3", title: "Boats", text: "Ferries cross the bay every hour." },
      { _id: "4", title: "Boats", text: "Ferries cross the bay every hour." },
    ),
    "queries.jsonl.gz": lines(
      { _id: "q1", text: "when do bakers knead dough" },
      { _id: "q2", text: "ferries in the bay" },
    ),
    "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t2\t1\nq2\t3\t1\nq2\t4\t1\n",
    "unanswerable_queries.jsonl.gz": lines({ _id: "u1", text: "who invented the telephone" }),
  },
  story: {
    "corpus.jsonl.gz": lines({ _id: "1", title: "Coast", text: long }),
    "queries.jsonl.gz": lines({ _id: "q1", text: "What was the lighthouse keeper called?" }),
    "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t1\t1\n",
    "gold.jsonl.gz": lines({ query_id: "q1", doc_id: "1", spans: [{ start16: start, end16: start + fact.length }] }),
  },
};
const silent: StageProgress = { during: async (_stage, _total, act) => act(() => undefined) };
const signal = new AbortController().signal;
let folder: string;
let run: EvaluationRun;

const evaluate = (aborted: AbortSignal = signal) =>
  runEvaluation({ data: folder, hasBaselines: true, cacheFolder: join(folder, "cache") }, {}, silent, {
    signal: aborted,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-eval-test-"));
  for (const [set, files] of Object.entries(sets)) {
    await mkdir(join(folder, set));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, set, name), content);
  }
  run = await evaluate();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it("finds what there is to find, through the whole of Larder", () => {
  const [facts, story] = run.sets;
  expect(facts).toMatchObject({ set: "facts", kind: "documents", documents: 4 });
  const hybrid = facts?.pipelines.find(({ pipeline }) => pipeline === "hybrid");
  expect(hybrid?.values.ndcgAt10).toEqual([1, 1]);
  expect(hybrid?.values.allGoldAt10).toEqual([1, 1]);
  expect(facts?.abstention.map(({ pipeline }) => pipeline)).toEqual(["lexical", "dense", "hybrid"]);

  expect(story).toMatchObject({ set: "story", kind: "spans" });
  expect(story?.passages).toBeGreaterThan(3);
  expect(story?.pipelines.map(({ pipeline }) => pipeline)).toEqual([
    "hybrid",
    "bm25-only",
    "naive-rag",
    "random",
    "oracle",
  ]);
  for (const id of ["hybrid", "bm25-only", "oracle"]) {
    const values = story?.pipelines.find(({ pipeline }) => pipeline === id)?.values;
    expect(values?.characterRecallAt5, id).toEqual([1]);
    expect(values?.evidenceRecallAt512, id).toEqual([1]);
    expect(values?.tokensSpentAt512?.[0], id).toBeLessThanOrEqual(512);
  }
});

it("shows every pipeline in the table, the JSON, the page and the saved file", () => {
  const json = JSON.stringify(toJson(run));
  for (const id of ["lexical", "dense", "hybrid", "bm25-only", "naive-rag", "random", "oracle"]) {
    expect(renderResults(run)).toContain(id);
    expect(json).toContain(`"${id}":`);
    expect(renderHtml(run)).toContain(id);
  }
  expect(parseRun(writeRun(run), "saved").sets).toHaveLength(2);
  expect(renderResults(run)).toContain("story: hybrid with its own budget: recall 1.000");
  expect(renderResults(run)).toContain("mean of 2 sets (nDCG@10, or spans found@5): hybrid 1.000");
  expect(toJson(run).at(-1)).toMatchObject({ set: "all", kind: "summary", retriever: run.retriever });
});

it("gives the same values again, with every passage from the cache", async () => {
  const again = await evaluate();
  const valuesOf = ({ sets: all }: EvaluationRun) => all.map(({ pipelines }) => pipelines.map(({ values }) => values));
  expect(valuesOf(again)).toEqual(valuesOf(run));
  expect(run.sets.every(({ passagesEmbeddedPerSecond }) => (passagesEmbeddedPerSecond ?? 0) > 0)).toBe(true);
  expect(again.sets.every(({ passagesEmbeddedPerSecond }) => passagesEmbeddedPerSecond === undefined)).toBe(true);
});

it("measures one setting at a time beside the defaults", async () => {
  const modes = ["hybrid", "no-late-interaction", "lateInteractionWeight=0", "limitPerDocument=0"];
  const options = { data: folder, sets: ["facts"], modes, hasBaselines: false, cacheFolder: join(folder, "cache") };
  const [facts] = (await runEvaluation(options, {}, silent, { signal })).sets;
  expect(facts?.pipelines.map(({ pipeline }) => pipeline)).toEqual(modes);
  const recallOf = (id: string) => facts?.pipelines.find(({ pipeline }) => pipeline === id)?.values.recallAt10;
  expect(recallOf("hybrid")).toEqual([1, 1]);
  expect(recallOf("lateInteractionWeight=0")).toEqual(recallOf("no-late-interaction"));
  expect(recallOf("limitPerDocument=0")).toEqual([0, 0]);
});

it("stops with the signal's own reason", async () => {
  const reason = new Error("the reader left");
  await expect(evaluate(AbortSignal.abort(reason))).rejects.toBe(reason);
});
