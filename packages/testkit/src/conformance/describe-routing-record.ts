import type { FeedbackStore, Ledger, ReceiptId, RoutingRecord } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { testCall as call } from "../store-fixtures.ts";
import { receiptNumber } from "./describe-ledger.ts";

export interface RoutingRecordUnderTest extends AsyncDisposable {
  readonly routing: RoutingRecord;
}

export function describeRoutingRecord(name: string, open: () => Promise<RoutingRecordUnderTest>): void {
  describe(`${name} keeps the RoutingRecord contract`, () => {
    it("is empty at first, and stays so when nothing is put", async () => {
      await using opened = await open();
      await opened.routing.put([], call);
      expect(await opened.routing.rows(call)).toEqual([]);
    });

    it("gives back what was put, and replaces what is of the same model only", async () => {
      await using opened = await open();
      const row = (provider: string, model: string, state: string) => ({ provider, model, state, updatedAtMs: 5 });
      await opened.routing.put([row("a", "m", "1"), row("b", "m", "2"), row("a", "m/n", "ü\n")], call);
      await opened.routing.put([{ ...row("a", "m", "3"), updatedAtMs: 6 }], call);
      const rows = (await opened.routing.rows(call)).toSorted((x, y) => (x.state < y.state ? -1 : 1));
      expect(rows).toEqual([row("b", "m", "2"), { ...row("a", "m", "3"), updatedAtMs: 6 }, row("a", "m/n", "ü\n")]);
    });

    it("rejects with the signal's own reason", async () => {
      await using opened = await open();
      const reason = new Error("the reader left");
      await expect(opened.routing.put([], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
}

export interface FeedbackStoreUnderTest extends AsyncDisposable {
  readonly feedback: FeedbackStore;
  readonly ledger: Ledger;
}

export function describeFeedbackStore(name: string, open: () => Promise<FeedbackStoreUnderTest>): void {
  describe(`${name} keeps the FeedbackStore contract`, () => {
    it("keeps one word per receipt and says what it replaced", async () => {
      await using opened = await open();
      const { feedback, ledger } = opened;
      const { id: receiptId } = receiptNumber(1);
      await ledger.record(receiptNumber(1), call);
      expect(await feedback.of(receiptId, call)).toBeUndefined();
      expect(await feedback.give({ receiptId, isGood: true, atMs: 1 }, call)).toBeUndefined();
      expect(await feedback.give({ receiptId, isGood: false, atMs: 2 }, call)).toEqual({
        receiptId,
        isGood: true,
        atMs: 1,
      });
      expect(await feedback.of(receiptId, call)).toEqual({ receiptId, isGood: false, atMs: 2 });
    });

    it("knows nothing of a receipt that is not there", async () => {
      await using opened = await open();
      const receiptId = "rcp_zzzzzzzzzzzzzzzzzzzz" as ReceiptId;
      await expect(opened.feedback.give({ receiptId, isGood: true, atMs: 1 }, call)).rejects.toMatchObject({
        code: "RECEIPT_NOT_FOUND",
      });
      expect(await opened.feedback.of(receiptId, call)).toBeUndefined();
    });
  });
}
