import type { CallIntent, CallIntents, KnowledgeBaseId, Ledger, ReceiptId } from "@larder/contracts";
import { interruptedAttempt, nanoUsd } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { testCall as call } from "../store-fixtures.ts";
import { receiptNumber } from "./describe-ledger.ts";

export interface IntentsUnderTest extends AsyncDisposable {
  readonly intents: CallIntents;
  readonly ledger: Ledger;
  /** The same data as another process finds it after this one was killed: what was begun is done, nothing was ended. */
  reopen(): Promise<IntentsUnderTest>;
}

const startedAtMs = Date.UTC(2026, 10, 24);
const usageWindow = { fromMs: 0, toMs: startedAtMs + 1 };

function intentOf(receiptId: ReceiptId, models: readonly string[]): CallIntent {
  return {
    receiptId,
    knowledgeBaseId: "kb_a0000000000" as KnowledgeBaseId,
    createdAtMs: startedAtMs,
    priceBookId: "book@1",
    attempts: models.map((model) => interruptedAttempt({ provider: "acme", model, startedAtMs })),
  };
}

export function describeCallIntents(name: string, open: () => Promise<IntentsUnderTest>): void {
  describe(`${name} keeps the CallIntents contract`, () => {
    it("makes a receipt of what was left behind, once, with what was last noted, of unknown bill", async () => {
      await using opened = await open();
      const { id } = receiptNumber(1);
      opened.intents.note(intentOf(id, ["m-first"]));
      const refused = {
        ...interruptedAttempt({ provider: "acme", model: "m-first", startedAtMs }),
        billed: "no" as const,
      };
      const last = intentOf(id, ["m-second"]);
      opened.intents.note({ ...last, attempts: [{ ...refused, cost: nanoUsd(0n) }, ...last.attempts] });
      opened.intents.note(intentOf(receiptNumber(2).id, ["m-third"]));
      await using next = await opened.reopen();
      expect(await next.intents.recover(call)).toBe(2);
      expect(await next.intents.recover(call)).toBe(0);
      const receipt = await next.ledger.receipt(id, call);
      expect(receipt).toMatchObject({
        errorCode: "ATTEMPT_INTERRUPTED",
        createdAtMs: startedAtMs,
        costBasis: "unpriced",
      });
      expect(receipt).not.toHaveProperty("cost");
      expect(receipt.route.attempts.map(({ model, billed }) => [model, billed])).toEqual([
        ["m-first", "no"],
        ["m-second", "unknown"],
      ]);
      expect(await next.ledger.usage(usageWindow, "model", call)).toMatchObject([
        { key: "acme/m-first", attempts: 1, unpricedAttempts: 0 },
        { key: "acme/m-second", attempts: 1, unpricedAttempts: 1 },
        { key: "acme/m-third", attempts: 1, unpricedAttempts: 1 },
      ]);
    });

    it("is gone with its receipt, whatever comes after it", async () => {
      await using opened = await open();
      const receipt = receiptNumber(1);
      opened.intents.note(intentOf(receipt.id, ["m-small"]));
      await opened.ledger.record(receipt, call);
      await using next = await opened.reopen();
      expect(await next.intents.recover(call)).toBe(0);
      next.intents.note(intentOf(receipt.id, ["m-small"])); // too late: the receipt stands
      await using last = await next.reopen();
      expect(await last.intents.recover(call)).toBe(0);
      expect(await last.ledger.receipt(receipt.id, call)).toMatchObject(receipt);
      expect((await last.ledger.receipts({ limit: 9 }, call)).data).toHaveLength(1);
    });

    it("recovers nothing where nothing was left, and stops with the signal's own reason", async () => {
      await using opened = await open();
      expect(await opened.intents.recover(call)).toBe(0);
      const reason = new Error("the start was given up");
      await expect(opened.intents.recover({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
}
