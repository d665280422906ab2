import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { readDataSet } from "./data-set.ts";
import { evaluateRanking } from "./evaluate-ranking.ts";

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

it("scores a ranking of it", async () => {
  await writeSet(tiny);
  let now = 0;
  const scores = await evaluateRanking(
    await readDataSet(folder, "tiny"),
    async () => ["1", "2"],
    () => now++,
  );
  expect(scores).toMatchObject({ queries: 1, recallAt5: 1, reciprocalRankAt10: 0.5, latencyMsP50: 1 });
  expect(scores.ndcgAt10.mean).toBeCloseTo(1 / Math.log2(3));
});

it.each([
  { what: "a missing file", files: {} },
  { what: "a line that is not JSON", files: { ...tiny, "corpus.jsonl.gz": "{" } },
  { what: "no judged query", files: { ...tiny, "qrels.tsv": "query-id\tcorpus-id\tscore\n" } },
])("refuses $what with a typed error", async ({ files }) => {
  await writeSet(files);
  await expect(readDataSet(folder, "tiny")).rejects.toMatchObject({ code: "DATA_SET_INVALID" });
});
