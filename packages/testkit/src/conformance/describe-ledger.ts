import type { Attempt, KnowledgeBaseId, Ledger, Receipt, ReceiptId, UsageTokens } from "@larder/contracts";
import { nanoUsd, noTokens, usageBuckets } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { receiptOf } from "../receipt-fixture.ts";
import { testCall as call } from "../store-fixtures.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 23);
const kb = (name: string) => `kb_${name}0000000000` as KnowledgeBaseId;

function attemptOf(more: Partial<Attempt> = {}): Attempt {
  const usage = { tokens: { ...noTokens, inputFresh: 100, outputText: 10 }, source: "provider" as const };
  const money = { billed: "yes" as const, cost: nanoUsd(1_000n) };
  const times = { startedAtMs: start, firstTextMs: 5, totalMs: 9 };
  return { provider: "acme", model: "m-small", outcome: "answered", ...money, usage, ...times, ...more };
}

export const receiptNumber = (
  count: number,
  more: Partial<Receipt> = {},
  attempts: readonly Attempt[] = [attemptOf()],
): Receipt =>
  receiptOf({
    id: `rcp_${count.toString().padStart(12, "0")}` as ReceiptId,
    knowledgeBaseId: kb("a"),
    createdAtMs: start,
    evidenceTokens: 90,
    corpusTokens: 10_000,
    route: {
      chosen: { provider: "acme", model: "m-small" },
      reason: "The cheapest.",
      candidates: [],
      attempts,
      priceBookId: "book@1",
    },
    cost: nanoUsd(-9_007_199_254_740_993n), // one below what a double can tell from its neighbour
    timingsMs: { retrieve: 1.5, generate: 2, total: 4 },
    ...more,
  });

export function describeLedger(name: string, open: () => Promise<{ readonly ledger: Ledger } & AsyncDisposable>): void {
  describe(`${name} keeps the Ledger contract`, () => {
    it("gives a receipt back as it was, its money exact", async () => {
      await using opened = await open();
      const receipt = receiptNumber(1);
      await opened.ledger.record(receipt, call);
      const { chain, ...read } = await opened.ledger.receipt(receipt.id, call);
      expect(read).toEqual(receipt);
      expect(chain).toMatchObject({ number: 1, previousHash: "0".repeat(64) });
    });

    it("says that a receipt is unknown", async () => {
      await using opened = await open();
      const unknown = opened.ledger.receipt(receiptNumber(1).id, call);
      await expect(unknown).rejects.toMatchObject({ code: "RECEIPT_NOT_FOUND" });
    });

    it("writes receipt and attempts together or not at all", async () => {
      await using opened = await open();
      const broken = attemptOf({ usage: { tokens: { ...noTokens, inputFresh: -1 }, source: "provider" } });
      await expect(opened.ledger.record(receiptNumber(1, {}, [attemptOf(), broken]), call)).rejects.toThrow();
      await expect(opened.ledger.receipt(receiptNumber(1).id, call)).rejects.toMatchObject({
        code: "RECEIPT_NOT_FOUND",
      });
      expect(await opened.ledger.usage({ fromMs: 0, toMs: start + day }, "model", call)).toEqual([]);
      await opened.ledger.record(receiptNumber(1), call);
      await expect(opened.ledger.record(receiptNumber(1), call)).rejects.toThrow(); // nothing is recorded twice
      expect(await opened.ledger.usage({ fromMs: 0, toMs: start + day }, "model", call)).toMatchObject([
        { attempts: 1 },
      ]);
    });

    it("lists newest first, in pages that stand still while others are added, of one knowledge base where asked", async () => {
      await using opened = await open();
      const { ledger } = opened;
      expect(await ledger.receipts({ limit: 3 }, call)).toEqual({ data: [], damaged: [] });
      const times = [5, 5, 3, 9, 5];
      for (const [i, ms] of times.entries()) {
        await ledger.record(
          receiptNumber(i, { createdAtMs: start + ms, knowledgeBaseId: kb(i === 2 ? "b" : "a") }),
          call,
        );
      }
      const first = await ledger.receipts({ limit: 2 }, call);
      await ledger.record(receiptNumber(7, { createdAtMs: start + 20 }), call);
      const rest = await ledger.receipts({ limit: 9, cursor: first.nextCursor ?? "" }, call);
      const ids = [3, 4, 1, 0, 2].map((count) => receiptNumber(count).id);
      expect([...first.data, ...rest.data].map((receipt) => receipt.id)).toEqual(ids);
      const ofOne = await ledger.receipts({ limit: 9, knowledgeBaseId: kb("b") }, call);
      expect(ofOne.data.map((receipt) => receipt.id)).toEqual([receiptNumber(2).id]);
      await expect(ledger.receipts({ limit: 9, cursor: "MQ" }, call)).rejects.toMatchObject({
        code: "REQUEST_INVALID",
      });
    });

    it("gives the chain in order, each receipt naming the hash of the one before it", async () => {
      await using opened = await open();
      const { ledger } = opened;
      const receipts = Array.from({ length: 450 }, (_, i) => receiptNumber(i, {}, []));
      await Promise.all(receipts.map((receipt) => ledger.record(receipt, call)));
      let number = 0;
      let previousHash = "0".repeat(64);
      for await (const entry of ledger.chain(call)) {
        number += 1;
        expect(entry).toMatchObject({ number, previousHash, receipt: { evidenceTokens: 90 } });
        previousHash = entry.hash;
      }
      expect(number).toBe(receipts.length);
      const [last] = (await ledger.receipts({ limit: 1 }, call)).data;
      expect(last?.chain).toMatchObject({ number, hash: previousHash });
    });

    it("streams every receipt of a window once, oldest first, its end excluded", async () => {
      await using opened = await open();
      const { ledger } = opened;
      const receipts = Array.from({ length: 450 }, (_, i) =>
        receiptNumber(i, { createdAtMs: start + Math.floor(i / 3) }, []),
      );
      await Promise.all(receipts.map((receipt) => ledger.record(receipt, call)));
      const seen: ReceiptId[] = [];
      for await (const receipt of ledger.receiptsWithin({ fromMs: start + 1, toMs: start + 149 }, call)) {
        seen.push(receipt.id);
      }
      expect(seen).toEqual(Array.from({ length: 444 }, (_, i) => receiptNumber(i + 3).id));
      const other = ledger.receiptsWithin({ fromMs: 0, toMs: start + day, knowledgeBaseId: kb("b") }, call);
      for await (const receipt of other) expect.unreachable(receipt.id);
    });

    it("sums usage by model, provider, knowledge base and day, and says what is unpriced", async () => {
      await using opened = await open();
      const { ledger } = opened;
      const { cost: _cost, usage: _usage, ...bare } = attemptOf();
      const lost: Attempt = { ...bare, model: "m-big", outcome: "aborted", billed: "unknown" };
      const refused: Attempt = { ...bare, provider: "zeta", outcome: "failed_before_text", billed: "no" };
      const late = attemptOf({ startedAtMs: start + day, cost: nanoUsd(9_007_199_254_740_993n) });
      await ledger.record(receiptNumber(1, {}, [refused, lost, attemptOf()]), call);
      await ledger.record(receiptNumber(2, { knowledgeBaseId: kb("b") }, [late]), call);
      const window = { fromMs: start, toMs: start + 2 * day };
      const tokens = (times: number) => ({ ...noTokens, inputFresh: 100 * times, outputText: 10 * times });
      const both = 9_007_199_254_741_993n;
      expect(await ledger.usage(window, "model", call)).toEqual([
        { key: "acme/m-big", attempts: 1, tokens: noTokens, cost: 0n, unpricedAttempts: 1 },
        { key: "acme/m-small", attempts: 2, tokens: tokens(2), cost: both, unpricedAttempts: 0 },
        { key: "zeta/m-small", attempts: 1, tokens: noTokens, cost: 0n, unpricedAttempts: 0 },
      ]);
      expect(await ledger.usage(window, "provider", call)).toMatchObject([
        { key: "acme", attempts: 3, cost: both, unpricedAttempts: 1 },
        { key: "zeta", attempts: 1 },
      ]);
      expect(await ledger.usage(window, "day", call)).toMatchObject([
        { key: "2026-11-23", attempts: 3, cost: 1_000n },
        { key: "2026-11-24", attempts: 1, cost: 9_007_199_254_740_993n },
      ]);
      expect(await ledger.usage(window, "knowledge_base", call)).toMatchObject([{ key: kb("a") }, { key: kb("b") }]);
      const ofOne = await ledger.usage({ ...window, knowledgeBaseId: kb("b") }, "day", call);
      expect(ofOne.map((total) => total.key)).toEqual(["2026-11-24"]);
      expect(await ledger.usage({ fromMs: start, toMs: start }, "day", call)).toEqual([]);
    });

    it("sums every bucket, and gives receipts of before a bucket was told apart all of them", async () => {
      await using opened = await open();
      const tokens = Object.fromEntries(usageBuckets.map((bucket, index) => [bucket, index + 1])) as UsageTokens;
      const usage = {
        tokens,
        source: "provider" as const,
        searches: 2,
        lane: "flex" as const,
        billedCost: nanoUsd(7n),
      };
      const { inputAudio: _, outputAudio: __, ...old } = noTokens;
      const before = attemptOf({ usage: { tokens: old as UsageTokens, source: "provider" } });
      await opened.ledger.record(receiptNumber(1, { usage }, [attemptOf({ usage })]), call);
      await opened.ledger.record(receiptNumber(2, {}, [before]), call);
      const kept = await opened.ledger.receipt(receiptNumber(1).id, call);
      expect(kept.route.attempts[0]?.usage).toEqual(usage);
      const filled = await opened.ledger.receipt(receiptNumber(2).id, call);
      expect(filled.route.attempts[0]?.usage?.tokens).toEqual(noTokens);
      const [total] = await opened.ledger.usage({ fromMs: 0, toMs: start + day }, "model", call);
      expect(total?.tokens).toEqual(tokens);
    });

    it("rejects with the signal's own reason and records nothing", async () => {
      await using opened = await open();
      const reason = new Error("the reader left");
      await expect(opened.ledger.record(receiptNumber(1), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect((await opened.ledger.receipts({ limit: 1 }, call)).data).toEqual([]);
    });
  });
}
