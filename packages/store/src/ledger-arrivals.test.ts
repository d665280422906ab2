import type { Attempt, KnowledgeBaseId, ReceiptId } from "@larder/contracts";
import { testCall as call, receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

it("gives the newest answers' models and knowledge bases, oldest first, and no call that failed", async () => {
  await using store = await openTemporaryStore();
  const attempt = (startedAtMs: number, change: Partial<Attempt> = {}): Attempt => ({
    ...{ provider: "p", model: "m", outcome: "answered", billed: "yes", startedAtMs, totalMs: 1 },
    ...change,
  });
  const kb = (name: string) => `kb_${name}000000000` as KnowledgeBaseId;
  const attempts = [
    [attempt(10, { outcome: "failed_before_text", billed: "no" }), attempt(11)],
    [attempt(30, { model: "n" })],
    [attempt(20)],
    [attempt(40)],
  ];
  for (const [i, each] of attempts.entries()) {
    const route = { reason: "", candidates: [], attempts: each, priceBookId: "b" };
    const id = `rcp_${i}00000000000` as ReceiptId;
    await store.ledger.record(receiptOf({ id, knowledgeBaseId: kb(i === 2 ? "b" : "a"), route }), call);
  }
  expect(await store.arrivals.arrivals({ fromMs: 0, toMs: 40 }, 10, call)).toEqual([
    { model: "p/m", knowledgeBaseId: kb("a"), atMs: 11 },
    { model: "p/m", knowledgeBaseId: kb("b"), atMs: 20 },
    { model: "p/n", knowledgeBaseId: kb("a"), atMs: 30 },
  ]);
  expect((await store.arrivals.arrivals({ fromMs: 0, toMs: 99 }, 2, call)).map(({ atMs }) => atMs)).toEqual([30, 40]);
  const ofOne = await store.arrivals.arrivals({ fromMs: 0, toMs: 99, knowledgeBaseId: kb("b") }, 9, call);
  expect(ofOne.map(({ atMs }) => atMs)).toEqual([20]);
});
