import { spendingOf } from "@larder/answering";
import type { Attempt, Ids, Ledger, Receipt, ReceiptId, TokenCounter } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { BatchLaneOptions } from "@larder/generator-router";
import { toChatReceipt } from "./chat-receipt.ts";

const recordTimeoutMs = 10_000;

export interface BatchRecordPorts {
  readonly ledger: Ledger;
  readonly ids: Ids;
  readonly tokenCounter: Pick<TokenCounter, "id">;
}

/**
 * Writes the receipt of a request that waited. Its id is made of the request's, so that a restart between the receipt and
 * the request's last state writes no second one. Where more was asked after such a restart, that has a receipt of its own.
 */
export function recordBatchIn({ ledger, ids, tokenCounter }: BatchRecordPorts): BatchLaneOptions["record"] {
  return async ({ id: requestId, createdAtMs, request }, route, { answer, errorCode }) => {
    const ofRequest = requestId.replace(/^brq_/, "rcp_") as ReceiptId;
    const call = { signal: AbortSignal.timeout(recordTimeoutMs) };
    const written = (await receiptAt(ledger, ofRequest, call))?.route.attempts;
    const attempts = route.attempts.filter((attempt) => !written?.some((each) => isSame(each, attempt)));
    if (written !== undefined && attempts.length === 0) return ofRequest;
    const id = written === undefined ? ofRequest : ids.next("receipt");
    const isWhole = attempts.length === route.attempts.length;
    const known = answer && { usage: answer.usage, ...(answer.cost === undefined ? {} : { cost: answer.cost }) };
    const { usage, cost, basis } = spendingOf({ ...route, attempts }, isWhole ? known : undefined);
    const receipt = toChatReceipt(
      tokenCounter.id,
      request.prompt,
      { ...route, attempts },
      {
        id,
        createdAtMs,
        ...(usage === undefined ? {} : { usage }),
        ...(cost === undefined ? {} : { cost }),
        costBasis: basis,
        totalMs: attempts.reduce((sum, { totalMs }) => sum + totalMs, 0),
        ...(errorCode === undefined ? {} : { errorCode }),
      },
    );
    await ledger.record(receipt, call);
    return id;
  };
}

function isSame(a: Attempt, b: Attempt): boolean {
  return a.provider === b.provider && a.model === b.model && a.startedAtMs === b.startedAtMs;
}

async function receiptAt(
  ledger: Ledger,
  id: ReceiptId,
  call: { readonly signal: AbortSignal },
): Promise<Receipt | undefined> {
  try {
    return await ledger.receipt(id, call);
  } catch (error) {
    if (LarderError.is(error) && error.code === "RECEIPT_NOT_FOUND") return undefined;
    throw error;
  }
}
