import type { BatchRequest, BatchRequests } from "@larder/contracts";
import { and, asc, eq } from "drizzle-orm";
import { batchRequests } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

type Row = typeof batchRequests.$inferSelect;

/** @param context - On a connection with safe integers: states hold money. */
export function createBatchRows({ read, write }: StoreContext): BatchRequests {
  return {
    async add(request, call) {
      write(call, (queries) => {
        queries
          .insert(batchRequests)
          .values({ ...request, isOver: isOver(request.state) })
          .run();
      });
    },
    async find(id, call) {
      const row = read(call, (queries) => queries.select().from(batchRequests).where(eq(batchRequests.id, id)).get());
      return row === undefined ? undefined : toRequest(row);
    },
    async unfinished(call) {
      return read(call, (queries) =>
        queries
          .select()
          .from(batchRequests)
          .where(eq(batchRequests.isOver, false))
          .orderBy(asc(batchRequests.number))
          .all()
          .map(toRequest),
      );
    },
    async change(id, state, call) {
      write(call, (queries) => {
        queries
          .update(batchRequests)
          .set({ state, isOver: isOver(state) })
          .where(and(eq(batchRequests.id, id), eq(batchRequests.isOver, false)))
          .run();
      });
    },
  };
}

function toRequest({ number: _, isOver: __, ...request }: Row): BatchRequest {
  return request;
}

function isOver({ kind }: BatchRequest["state"]): boolean {
  return kind === "answered" || kind === "failed";
}
