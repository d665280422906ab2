import type { Feedback, FeedbackStore, RoutingRecord } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { eq } from "drizzle-orm";
import { feedback, receipts, routingMemory } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export function createRoutingRows({ read, write }: StoreContext): RoutingRecord {
  return {
    rows: async (call) => read(call, (queries) => queries.select().from(routingMemory).all()),
    async put(rows, call) {
      write(call, (queries) => {
        for (const row of rows) {
          const { state, updatedAtMs } = row;
          queries
            .insert(routingMemory)
            .values(row)
            .onConflictDoUpdate({
              target: [routingMemory.provider, routingMemory.model],
              set: { state, updatedAtMs },
            })
            .run();
        }
      });
    },
  };
}

export function createFeedbackRows({ read, write }: StoreContext): FeedbackStore {
  const find = (queries: Queries, id: Feedback["receiptId"]): Feedback | undefined =>
    queries.select().from(feedback).where(eq(feedback.receiptId, id)).get();
  return {
    async give(given, call) {
      return write(call, (queries) => {
        const { receiptId, isGood, atMs } = given;
        const receipt = queries.select({ id: receipts.id }).from(receipts).where(eq(receipts.id, receiptId)).get();
        if (receipt === undefined) throw new LarderError("RECEIPT_NOT_FOUND", { details: { receipt_id: receiptId } });
        const earlier = find(queries, receiptId);
        queries
          .insert(feedback)
          .values(given)
          .onConflictDoUpdate({ target: feedback.receiptId, set: { isGood, atMs } })
          .run();
        return earlier;
      });
    },
    of: async (receiptId, call) => read(call, (queries) => find(queries, receiptId)),
  };
}
