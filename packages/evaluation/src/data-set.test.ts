import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { clusterOf, readDataSet, sampleQueries } from "./data-set.ts";
import { evaluateDocuments } from "./evaluate-documents.ts";

let folder = "";

async function writeSet(files: Readonly<Record<string, string>>): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "larder-set-"));
  await mkdir(join(folder, "tiny"));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, "tiny", name), name.endsWith(".gz") ? gzipSync(text) : text);
  }
}

afterEach(() => rm(folder, { recursive: true, force: true }));

const tiny = {
  "corpus.jsonl.gz": '{"_id":"1","title":"T","text":"one"}\n{"_id":"2","text":"two"}\n',
  "queries.jsonl.gz": '{"_id":"q1","text":"which?"}\n{"_id":"q2","text":"unjudged"}\n',
  "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t2\t1\nq1\t1\t0\n",
};

it("reads documents, judged queries and gains", async () => {
  await writeSet(tiny);
  const set = await readDataSet(folder, "tiny");
  expect(set.documents).toEqual([
    { id: "1", title: "T", text: "one" },
    { id: "2", title: "", text: "two" },
  ]);
  expect(set.queries).toEqual([{ id: "q1", text: "which?" }]);
  expect([...(set.relevance.get("q1") ?? [])]).toEqual([["2", 1]]);
});

const long = {
  "corpus.jsonl.gz": `{"_id":"1","title":"T","text":"${"word ".repeat(900)}"}\n`,
  "queries.jsonl.gz": '{"_id":"q1","text":"which?"}\n{"_id":"q2","text":"without gold"}\n',
  "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t1\t1\nq2\t1\t1\n",
  "gold.jsonl.gz":
    '{"query_id":"q1","doc_id":"1","spans":[{"start16":0,"end16":4}]}\n' +
    '{"query_id":"q1","doc_id":"1","spans":[{"start16":10,"end16":14,"start":9}]}\n',
  "unanswerable_queries.jsonl.gz": '{"_id":"u1","text":"what?"}\n',
};

it("reads gold spans of long documents and unanswerable questions", async () => {
  await writeSet(long);
  const set = await readDataSet(folder, "tiny");
  expect(set.kind).toBe("spans");
  expect(set.queries.map(({ id }) => id)).toEqual(["q1"]);
  expect(set.gold.get("q1")).toEqual([
    { documentId: "1", start: 0, end: 4 },
    { documentId: "1", start: 10, end: 14 },
  ]);
  expect(set.unanswerable).toEqual([{ id: "u1", text: "what?" }]);
});

it("takes short documents whole although they have spans", async () => {
  await writeSet({ ...long, "corpus.jsonl.gz": '{"_id":"1","text":"a short document"}\n' });
  expect((await readDataSet(folder, "tiny")).kind).toBe("documents");
});

it("samples queries evenly, and puts each with its first gold document", async () => {
  await writeSet({ ...tiny, "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\t2\t1\nq2\t1\t1\n" });
  const set = await readDataSet(folder, "tiny");
  expect(set.queries.map((query) => clusterOf(set, query))).toEqual(["2", "1"]);
  expect(sampleQueries(set, 1).queries.map(({ id }) => id)).toEqual(["q1"]);
  expect(sampleQueries(set, 5).queries).toEqual(set.queries);
});

it("scores a ranking of it", async () => {
  await writeSet(tiny);
  let now = 0;
  const ranked = ["1", "2"].map((documentId) => ({ documentId, start: 0, end: 1 }));
  const { scores, confidences } = await evaluateDocuments(
    await readDataSet(folder, "tiny"),
    { id: "fixed", retrieve: async () => ({ evidence: ranked, tokens: () => 2, confidence: 0.4 }) },
    { nowMs: () => now++, onQuery: () => undefined },
    { signal: new AbortController().signal },
  );
  expect(scores).toMatchObject({ queries: ["q1"], clusters: ["2"], latencyMs: { p50: 1 } });
  expect(scores.values).toMatchObject({ recallAt5: [1], reciprocalRankAt10: [0.5], allGoldAt10: [1] });
  expect(scores.values.ndcgAt10?.[0]).toBeCloseTo(1 / Math.log2(3));
  expect(confidences).toEqual([0.4]);
});

it.each([
  { what: "a missing file", files: {} },
  { what: "a line that is not JSON", files: { ...tiny, "corpus.jsonl.gz": "{" } },
  { what: "a line that is no object", files: { ...tiny, "corpus.jsonl.gz": "7" } },
  { what: "a span outside of its document", files: { ...long, "corpus.jsonl.gz": '{"_id":"1","text":"short"}' } },
  { what: "gold of an unknown document", files: { ...long, "corpus.jsonl.gz": '{"_id":"2","text":"other"}' } },
  { what: "gold without spans", files: { ...long, "gold.jsonl.gz": '{"query_id":"q1","doc_id":"1"}' } },
  { what: "no judged query", files: { ...tiny, "qrels.tsv": "query-id\tcorpus-id\tscore\n" } },
])("refuses $what with a typed error", async ({ files }) => {
  await writeSet(files);
  await expect(readDataSet(folder, "tiny")).rejects.toMatchObject({ code: "DATA_SET_INVALID" });
});
