import { trustOfNear } from "@larder/answering";
import type { EmbedderId, NearRequests, ReceiptId } from "@larder/contracts";
import { readCatalog } from "@larder/generator-router";
import { quantile, seededRandom } from "@larder/statistics";
import type { SqliteStore } from "@larder/store";
import { benchRouter } from "../routing/bench-router.ts";
import { randomRequest } from "../routing/random-requests.ts";

const call = { signal: new AbortController().signal };
const [kept, dimensions] = [2_000, 256];

/** A look-up among as many questions as are kept, and a decision over the carried catalog that knows of near ones. */
export async function timeNear(store: SqliteStore): Promise<void> {
  const random = seededRandom(4);
  const unit = () => {
    const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);
    const size = Math.hypot(...vector);
    return vector.map((each) => each / size);
  };
  const { id } = await store.documents.createKnowledgeBase({ name: "timed", description: "", settings: {} }, call);
  const of = { knowledgeBaseId: id, embedderId: "timed@1" as EmbedderId };
  const verdict = {
    provider: "a",
    model: "m",
    task: "answering",
    isGood: true,
    weight: 0.5,
    source: "verdict",
    forecast: { overall: 0.6, near: 0.65 },
  } as const;
  const notes = Array.from({ length: kept }, (_, i) => {
    const past = { ...of, receiptId: `rcp_timed_${i}` as ReceiptId, vector: unit(), outcomes: [verdict], atMs: i };
    return store.pastQuestions.note(past, call);
  });
  await Promise.all(notes);
  for (const [which, similarityMin] of [
    ["none", 0.9],
    ["all", -1],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < 3_000; i += 1) {
      const wanted = { ...of, vector: unit(), limit: 16, similarityMin };
      const start = performance.now();
      await store.pastQuestions.nearest(wanted, call);
      if (i >= 500) times.push((performance.now() - start) * 1_000);
    }
    console.log(`look-up among ${kept} questions of ${dimensions} dimensions, ${which} of them near: ${told(times)}`);
  }

  const trustTimes: number[] = [];
  for (let i = 0; i < 3_000; i += 1) {
    const start = performance.now();
    trustOfNear(await store.pastQuestions.outcomes({ ...of, vector: unit() }, call), i);
    if (i >= 500) trustTimes.push((performance.now() - start) * 1_000);
  }
  console.log(`trust by the outcomes of ${kept} questions: ${told(trustTimes)}`);

  const models = padTo(700);
  const { router, providers } = benchRouter(models);
  for (const outcomes of [0, 1, 2, 4]) {
    const requests = seededRandom(5);
    const times: number[] = [];
    for (let i = 0; i < 12_000; i += 1) {
      const { shape, policy } = randomRequest(requests, providers);
      const near: NearRequests = {
        ...{ count: 16, similarity: 0.9 },
        outcomes: Array.from({ length: outcomes }, () => {
          const { provider, model } = models[Math.floor(requests() * models.length)] ?? { provider: "", model: "" };
          return { provider, model, good: requests() * 4, bad: requests() * 4 };
        }),
      };
      const asked = outcomes === 0 ? shape : { ...shape, near };
      const floor = { ...policy, qualityMin: policy.qualityMin ?? 0.15 };
      const start = performance.now();
      router.quote(asked, floor).cheapest;
      if (i >= 2_000) times.push((performance.now() - start) * 1_000);
    }
    console.log(`decision over ${models.length} models with a least quality, outcomes of ${outcomes}: ${told(times)}`);
  }
}

function told(times: readonly number[]): string {
  return `p50 ${quantile(times, 0.5).toFixed(0)} µs, p99 ${quantile(times, 0.99).toFixed(0)} µs`;
}

function padTo(count: number) {
  const { models } = readCatalog();
  const copies = models.slice(0, Math.max(0, count - models.length));
  return [...models, ...copies.map((entry) => ({ ...entry, model: `${entry.model}#2` }))].slice(0, count);
}
