import type { Candidate, EmbedderId, RequestShape } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { createApi } from "../create-api.ts";
import { systemIds } from "../system-ports.ts";

const call = { signal: AbortSignal.timeout(20_000) };
const chosen = { provider: "acme", model: "m" };
const shape: RequestShape = {
  ...{ inputTokens: 10, stablePrefixTokens: 0, outputTokensMax: 10, outputTokensExpected: 10, needs: [] },
  task: "answering",
  near: { count: 2, similarity: 0.91, trust: 0.75, outcomes: [{ ...chosen, good: 0.5, bad: 1.25 }] },
};
const seen = { good: 0.5, bad: 1.25, trust: 0.75, forecast: { overall: 0.7, near: 0.5 } };
const candidate: Candidate = {
  ...chosen,
  ...{ isEligible: true, reasons: ["The cheapest."], refusals: [] },
  quality: { alpha: 11, beta: 9, mean: 0.55, lowerBound: 0.4, weight: 3, near: seen },
};

const receiptWith = (of: RequestShape, quality = candidate.quality) => {
  const inputs = { nowMs: 1, shape: of, policy: {}, isOffline: false, configured: [], cacheless: [], models: [] };
  const route = { chosen, reason: "", attempts: [], priceBookId: "b", inputs };
  return receiptOf({
    id: systemIds.next("receipt"),
    knowledgeBaseId: systemIds.next("knowledgeBase"),
    createdAtMs: Date.now(),
    route: { ...route, candidates: [{ ...candidate, ...(quality && { quality }) }] },
    cost: nanoUsd(1n),
  });
};

it("keeps a person's word with the past question of the receipt, for those that come to be near it", async () => {
  await using larder = await openTestLarder();
  const { pastQuestions = expect.unreachable(), store } = larder;
  const app = createApi(larder);
  const { id: knowledgeBaseId } = await store.createKnowledgeBase({ name: "k", description: "", settings: {} }, call);
  const receipt = { ...receiptWith(shape), knowledgeBaseId };
  await larder.ledger.record(receipt, call);
  const verdict = { ...chosen, task: "answering", isGood: true, weight: 0.5, source: "verdict" } as const;
  const of = { knowledgeBaseId, embedderId: "test@1" as EmbedderId, vector: Float32Array.of(0.6, 0.8) };
  await pastQuestions.note({ ...of, receiptId: receipt.id, outcomes: [verdict], atMs: 1 }, call);
  const outcomes = async () => {
    const [found] = await pastQuestions.nearest({ ...of, limit: 1, similarityMin: 0.9 }, call);
    return found?.outcomes;
  };
  const give = async (good: boolean) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ good });
    const { status } = await app.request(`/v1/receipts/${receipt.id}/feedback`, { method: "POST", headers, body });
    expect(status).toBe(200);
  };
  const word = { ...chosen, task: "answering", weight: 3, source: "person" };
  await give(false);
  expect(await outcomes()).toEqual([verdict, { ...word, isGood: false }]);
  await give(true);
  expect(await outcomes()).toEqual([verdict, { ...word, isGood: true }]);
});

it("tells on the receipt what near questions said and how far they were trusted, and null where there were none", async () => {
  await using larder = await openTestLarder();
  const app = createApi(larder);
  const { near, ...plain } = shape;
  const { near: _, ...overall } = candidate.quality ?? expect.unreachable();
  const bodyOf = async (receipt: ReturnType<typeof receiptOf>) => {
    await larder.ledger.record(receipt, call);
    return (await app.request(`/v1/receipts/${receipt.id}`)).json();
  };
  expect(await bodyOf(receiptWith(shape))).toMatchObject({
    route: {
      near: { questions: 2, similarity: 0.91, trust: 0.75, outcomes: near?.outcomes },
      candidates: [{ quality: { mean: 0.55, lower_bound: 0.4, judged: 3, near: { good: 0.5, bad: 1.25 } } }],
    },
  });
  expect(await bodyOf(receiptWith(plain, overall))).toMatchObject({
    route: { near: null, candidates: [{ quality: { mean: 0.55, near: null } }] },
  });
});
