import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { KnowledgeBaseId, Label, LexicalIndex } from "@larder/contracts";
import { testCall as call } from "@larder/testkit";

interface Row {
  readonly _id: string;
  readonly title?: string;
  readonly text: string;
}

export interface EvaluationSet {
  readonly name: string;
  readonly corpus: readonly Row[];
  /** Those with a judgement. */
  readonly queries: readonly Row[];
  /** Relevance by query and document. */
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export async function readEvaluationSet(name: string): Promise<EvaluationSet> {
  const folder = join(process.env.LARDER_SHARED_DIR ?? "../shared", "eval", name);
  const readRows = async (file: string): Promise<readonly Row[]> =>
    gunzipSync(await readFile(join(folder, file)))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line): Row => JSON.parse(line));
  const judgements = new Map<string, Map<string, number>>();
  const [, ...lines] = (await readFile(join(folder, "qrels.tsv"), "utf8")).trim().split("\n");
  for (const [query = "", document = "", relevance] of lines.map((line) => line.split("\t"))) {
    judgements.set(query, (judgements.get(query) ?? new Map<string, number>()).set(document, Number(relevance)));
  }
  const queries = (await readRows("queries.jsonl.gz")).filter((query) => judgements.has(query._id));
  return { name, corpus: await readRows("corpus.jsonl.gz"), queries, judgements };
}

/** Adds the set's documents, the first under the label after `before`. */
export async function addCorpus(lexical: LexicalIndex, id: KnowledgeBaseId, set: EvaluationSet, before = 0) {
  const entries = set.corpus.map(({ title = "", text }, i) => ({
    label: (before + i + 1) as Label,
    title,
    heading: "",
    text,
  }));
  for (let i = 0; i < entries.length; i += 500) await lexical.add(id, entries.slice(i, i + 500), call);
}

/** Mean nDCG@10 over the set's queries, whose documents stand from the label after `before` on. */
export async function meanNdcg(lexical: LexicalIndex, id: KnowledgeBaseId, set: EvaluationSet, before = 0) {
  let sum = 0;
  for (const query of set.queries) {
    const relevance = set.judgements.get(query._id) ?? new Map<string, number>();
    const hits = await lexical.search(id, query.text, { limit: 10 }, call);
    const gains = hits.map((hit) => relevance.get(set.corpus[hit.label - before - 1]?._id ?? "") ?? 0);
    const best = [...relevance.values()].toSorted((a, b) => b - a).slice(0, 10);
    sum += discounted(gains) / discounted(best);
  }
  return sum / set.queries.length;
}

const discounted = (gains: readonly number[]) => gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
