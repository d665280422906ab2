import { spendingOf } from "@larder/answering";
import type { Ledger, ReceiptId, TokenCounter } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { BatchLaneOptions } from "@larder/generator-router";
import { toChatReceipt } from "./chat-receipt.ts";

const recordTimeoutMs = 10_000;

/**
 * Writes the receipt of a request that waited. Its id is made of the request's, so that a restart between the receipt and
 * the request's last state writes no second one.
 */
export function recordBatchIn(ledger: Ledger, tokenCounter: Pick<TokenCounter, "id">): BatchLaneOptions["record"] {
  return async ({ id: requestId, createdAtMs, request }, route, { answer, errorCode }) => {
    const id = requestId.replace(/^brq_/, "rcp_") as ReceiptId;
    const call = { signal: AbortSignal.timeout(recordTimeoutMs) };
    if (await isThere(ledger, id, call)) return id;
    const known = answer && { usage: answer.usage, ...(answer.cost === undefined ? {} : { cost: answer.cost }) };
    const { usage, cost, basis } = spendingOf(route, known);
    const receipt = toChatReceipt(tokenCounter.id, request.prompt, route, {
      id,
      createdAtMs,
      ...(usage === undefined ? {} : { usage }),
      ...(cost === undefined ? {} : { cost }),
      costBasis: basis,
      totalMs: route.attempts.reduce((sum, { totalMs }) => sum + totalMs, 0),
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    await ledger.record(receipt, call);
    return id;
  };
}

async function isThere(ledger: Ledger, id: ReceiptId, call: { readonly signal: AbortSignal }): Promise<boolean> {
  try {
    await ledger.receipt(id, call);
    return true;
  } catch (error) {
    if (LarderError.is(error) && error.code === "RECEIPT_NOT_FOUND") return false;
    throw error;
  }
}
