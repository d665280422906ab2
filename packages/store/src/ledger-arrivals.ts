import type { ArrivalRecord } from "@larder/contracts";
import { and, desc, eq, gte, lt } from "drizzle-orm";
import { ledgerEntries } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

/** Calls that answered, by model and knowledge base: columns of the ledger alone, no receipt is read. */
export function createLedgerArrivals({ read }: StoreContext): ArrivalRecord {
  return {
    async arrivals({ fromMs, toMs, knowledgeBaseId }, countMax, call) {
      const { model, startedAtMs } = ledgerEntries;
      const ofOne = knowledgeBaseId === undefined ? undefined : eq(ledgerEntries.knowledgeBaseId, knowledgeBaseId);
      const within = and(gte(startedAtMs, fromMs), lt(startedAtMs, toMs), eq(ledgerEntries.outcome, "answered"), ofOne);
      return read(call, (queries) =>
        queries
          .select({ model, knowledgeBaseId: ledgerEntries.knowledgeBaseId, atMs: startedAtMs })
          .from(ledgerEntries)
          .where(within)
          .orderBy(desc(startedAtMs))
          .limit(countMax)
          .all()
          .reverse(),
      );
    },
  };
}
