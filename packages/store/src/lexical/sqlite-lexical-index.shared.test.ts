import { createLanguageDetector } from "@larder/language";
import { createKnowledgeBaseIn } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";
import type { EvaluationSet } from "../../test/rank-evaluation-set.ts";
import { addCorpus, meanNdcg, readEvaluationSet } from "../../test/rank-evaluation-set.ts";

const openStore = () => openTemporaryStore({ lexical: { detector: createLanguageDetector() } });

/** One knowledge base with the sets' documents. */
async function rankTogether(sets: readonly EvaluationSet[]): Promise<readonly number[]> {
  await using store = await openStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const starts = sets.map((_, i) => sets.slice(0, i).reduce((sum, { corpus }) => sum + corpus.length, 0));
  for (const [i, set] of sets.entries()) await addCorpus(store.lexical, id, set, starts[i]);
  const figures: number[] = [];
  for (const [i, set] of sets.entries()) figures.push(await meanNdcg(store.lexical, id, set, starts[i]));
  const shown = sets.map(({ name }, i) => `${name} ${figures[i]?.toFixed(4)}`).join(", ");
  process.stdout.write(`lexical alone, nDCG@10: ${shown}\n`);
  return figures;
}

it("ranks SciFact as BM25 is known to: nDCG@10 between .675 and .695", async () => {
  const set = await readEvaluationSet("scifact");
  expect(set.corpus).toHaveLength(5_183);
  expect(set.queries).toHaveLength(300);
  const [ndcg] = await rankTogether([set]);
  expect(ndcg).toBeGreaterThan(0.675);
  expect(ndcg).toBeLessThan(0.695);
});

describe("XQuAD", () => {
  const languages = { de: 0.95, en: 0.965, es: 0.95, hi: 0.94, zh: 0.96 };

  it.each(Object.entries(languages))("is ranked well in %s: nDCG@10 of %d or more", async (language, least) => {
    const [ndcg] = await rankTogether([await readEvaluationSet(`xquad-${language}`)]);
    expect(ndcg).toBeGreaterThanOrEqual(least);
  });

  it("is ranked within .02 of that where one knowledge base holds all five languages", async () => {
    const sets = await Promise.all(Object.keys(languages).map((language) => readEvaluationSet(`xquad-${language}`)));
    const figures = await rankTogether(sets);
    for (const [i, least] of Object.values(languages).entries()) expect(figures[i]).toBeGreaterThan(least - 0.02);
  });
});
