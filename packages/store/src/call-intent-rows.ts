import type { CallIntent, CallIntents, EmbedderId, Receipt } from "@larder/contracts";
import { eq } from "drizzle-orm";
import { printExactJson } from "./exact-json.ts";
import { insertsOf } from "./ledger-rows.ts";
import type { RowWriter } from "./row-writer.ts";
import { callIntents, receipts } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";
import { toLarderError } from "./to-larder-error.ts";

const noteIntent = "insert or replace into call_intents (receipt_id, intent) values (?, ?)";

/**
 * Intents go through the same thread as receipts, in the order in which they come, so that none is written after its
 * receipt; several share one sync of the disk with each other and with receipts.
 *
 * @param context - On a connection with safe integers: attempts hold money.
 */
export function createCallIntentRows({ read, write }: StoreContext, writer: RowWriter): CallIntents {
  return {
    note(intent) {
      writer.write([[noteIntent, [intent.receiptId, printExactJson(intent)]]]).catch(() => undefined);
    },
    async recover(call) {
      const left = read(call, (queries) => queries.select().from(callIntents).all());
      let count = 0;
      for (const { receiptId, intent } of left) {
        call.signal.throwIfAborted();
        const isWritten = read(call, (queries) =>
          queries.select({ id: receipts.id }).from(receipts).where(eq(receipts.id, receiptId)).get(),
        );
        if (isWritten !== undefined) {
          write(call, (queries) => queries.delete(callIntents).where(eq(callIntents.receiptId, receiptId)).run());
          continue;
        }
        try {
          await writer.write(insertsOf(toReceipt(intent)));
        } catch (error) {
          throw toLarderError(error);
        }
        count += 1;
      }
      return count;
    },
  };
}

/** What can be told of an answer whose process died: who was asked, and that nobody knows the bill. */
function toReceipt({ receiptId: id, knowledgeBaseId, createdAtMs, priceBookId, attempts }: CallIntent): Receipt {
  const unknown = "unknown";
  return {
    ...{ id, knowledgeBaseId, createdAtMs, priceBookId },
    basis: "generated",
    isGrounded: false,
    questionSha256: "",
    promptTemplateId: unknown,
    retrieverId: unknown,
    embedderId: unknown as EmbedderId,
    hits: [],
    evidenceTokens: 0,
    corpusTokens: 0,
    tokenCounterId: unknown,
    route: { reason: "The server ended while this was being asked.", candidates: [], attempts, priceBookId },
    costBasis: "unpriced",
    counterfactuals: [],
    timingsMs: { retrieve: 0, generate: 0, total: 0 },
    errorCode: "ATTEMPT_INTERRUPTED",
  };
}
