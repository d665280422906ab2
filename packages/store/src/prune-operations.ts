import { setImmediate as nextTurn } from "node:timers/promises";
import type { IndexLogPruning, KnowledgeBaseId } from "@larder/contracts";
import { generationOf, vectorCollectionOf } from "@larder/contracts";
import { and, asc, count, eq, inArray, lt, lte, max, sql } from "drizzle-orm";
import { indexOperations, knowledgeBases, logPrunings } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Deletes of one transaction, with as many adds. Chosen arbitrarily: a few milliseconds. */
const deletesPerSlice = 1_000;

/**
 * What the log no longer needs to say: that a passage came and went, once every copy of the index is past both. Whoever
 * follows the log from its beginning reads the adds of live passages, which stay.
 */
export function createLogPruning({ read, write }: StoreContext): IndexLogPruning {
  return {
    async deletes(call) {
      return read(call, (queries) =>
        queries
          .select({
            ...{ id: indexOperations.knowledgeBaseId, generation: indexOperations.generation, count: count() },
            embedderId: knowledgeBases.embedderId,
          })
          .from(indexOperations)
          .innerJoin(knowledgeBases, eq(knowledgeBases.id, indexOperations.knowledgeBaseId))
          .where(and(isDelete, eq(indexOperations.generation, knowledgeBases.generation)))
          .groupBy(indexOperations.knowledgeBaseId, indexOperations.generation)
          .all()
          .map(({ id, generation, embedderId, count }) => ({
            collection: { id: vectorCollectionOf(id, generation), ...(embedderId === null ? {} : { embedderId }) },
            count,
          })),
      );
    },
    async prune(collection, through, call) {
      const { id, generation } = generationOf(collection);
      let removed = 0;
      for (;;) {
        const inSlice = write(call, (queries) => pruneSlice(queries, id, generation, through));
        removed += inSlice;
        if (inSlice === 0) return removed;
        await nextTurn(); // whatever else waits gets its turn
      }
    },
  };
}

const isDelete = sql`${indexOperations.kind} = 'delete'`; // in the words of the partial index

/** Rows removed. What is noted as missing and what is missing change together. */
function pruneSlice(queries: Queries, id: KnowledgeBaseId, generation: number, through: number): number {
  const ofOne = and(eq(indexOperations.knowledgeBaseId, id), eq(indexOperations.generation, generation));
  const newest = queries
    .select({ sequence: max(indexOperations.sequence) })
    .from(indexOperations)
    .where(ofOne)
    .get();
  const deletes = queries
    .select({ sequence: indexOperations.sequence, label: indexOperations.label })
    .from(indexOperations)
    // The newest says how far the log goes: an index would be taken for one that is ahead of it.
    .where(
      and(ofOne, isDelete, lte(indexOperations.sequence, through), lt(indexOperations.sequence, newest?.sequence ?? 0)),
    )
    .orderBy(asc(indexOperations.sequence))
    .limit(deletesPerSlice)
    .all();
  const last = deletes.at(-1);
  if (last === undefined) return 0;
  const missing = { knowledgeBaseId: id, generation, through: last.sequence };
  queries
    .insert(logPrunings)
    .values(missing)
    .onConflictDoUpdate({
      target: [logPrunings.knowledgeBaseId, logPrunings.generation],
      set: { through: sql`max(${logPrunings.through}, excluded.through)` },
    })
    .run();
  const labels = sql`(select value from json_each(${JSON.stringify(deletes.map(({ label }) => label))}))`;
  return queries.delete(indexOperations).where(inArray(indexOperations.label, labels)).run().changes; // never used again
}

/** Deletes of the collection's log up to here may be missing. */
export function prunedThrough(queries: Queries, id: KnowledgeBaseId, generation: number): number {
  const ofOne = and(eq(logPrunings.knowledgeBaseId, id), eq(logPrunings.generation, generation));
  return queries.select({ through: logPrunings.through }).from(logPrunings).where(ofOne).get()?.through ?? 0;
}
