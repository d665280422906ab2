import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Label } from "@larder/contracts";
import { testCall as call, createKnowledgeBaseIn } from "@larder/testkit";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";

const folder = join(process.env.LARDER_SHARED_DIR ?? "../shared", "eval", "scifact");

interface Row {
  readonly _id: string;
  readonly title?: string;
  readonly text: string;
}

async function readRows(name: string): Promise<readonly Row[]> {
  const text = gunzipSync(await readFile(join(folder, name))).toString("utf8");
  return text
    .trim()
    .split("\n")
    .map((line): Row => JSON.parse(line));
}

/** Relevance by query and document. */
async function readJudgements(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const judgements = new Map<string, Map<string, number>>();
  const [, ...lines] = (await readFile(join(folder, "qrels.tsv"), "utf8")).trim().split("\n");
  for (const [query = "", document = "", relevance] of lines.map((line) => line.split("\t"))) {
    judgements.set(query, (judgements.get(query) ?? new Map<string, number>()).set(document, Number(relevance)));
  }
  return judgements;
}

const discounted = (gains: readonly number[]) => gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);

it("ranks SciFact as BM25 is known to: nDCG@10 between .675 and .695", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const corpus = await readRows("corpus.jsonl.gz");
  expect(corpus).toHaveLength(5_183);
  const entries = corpus.map(({ title = "", text }, i) => ({ label: (i + 1) as Label, title, heading: "", text }));
  for (let i = 0; i < entries.length; i += 500) await store.lexical.add(id, entries.slice(i, i + 500), call);

  const judgements = await readJudgements();
  const queries = (await readRows("queries.jsonl.gz")).filter((query) => judgements.has(query._id));
  expect(queries).toHaveLength(300);
  let sum = 0;
  for (const query of queries) {
    const relevance = judgements.get(query._id) ?? new Map<string, number>();
    const hits = await store.lexical.search(id, query.text, { limit: 10 }, call);
    const gains = hits.map((hit) => relevance.get(corpus[hit.label - 1]?._id ?? "") ?? 0);
    const best = [...relevance.values()].sort((a, b) => b - a).slice(0, 10);
    sum += discounted(gains) / discounted(best);
  }
  const ndcg = sum / queries.length;
  process.stdout.write(`SciFact, BM25 alone: nDCG@10 ${ndcg.toFixed(4)}\n`);
  expect(ndcg).toBeGreaterThan(0.675);
  expect(ndcg).toBeLessThan(0.695);
});
