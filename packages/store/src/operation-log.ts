import type { IndexOperation, IndexOperationLog } from "@larder/contracts";
import { generationOf } from "@larder/contracts";
import { and, asc, eq, gt, isNotNull, max, or, sql } from "drizzle-orm";
import { indexOperations, logPrunings, vectors } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

/** The log is read without a signal: both reads are short and synchronous. */
const call = { signal: new AbortController().signal };

/**
 * The operation log, each `add` joined with its vector. An `add` whose passage is gone is left out: its `delete` comes
 * later in the same log, so an index that never saw the `add` ends in the same state.
 */
export function createOperationLog({ read, connection: { db } }: StoreContext): IndexOperationLog {
  const ofCollection = and(
    eq(indexOperations.knowledgeBaseId, sql.placeholder("id")),
    eq(indexOperations.generation, sql.placeholder("generation")),
  );
  const latest = db
    .select({ sequence: max(indexOperations.sequence) })
    .from(indexOperations)
    .where(ofCollection)
    .prepare();
  const after = db
    .select({
      sequence: indexOperations.sequence,
      kind: indexOperations.kind,
      label: indexOperations.label,
      vector: vectors.vector,
    })
    .from(indexOperations)
    .leftJoin(vectors, and(eq(vectors.label, indexOperations.label), eq(indexOperations.kind, "add")))
    .where(
      and(
        ofCollection,
        gt(indexOperations.sequence, sql.placeholder("sequence")),
        or(eq(indexOperations.kind, "delete"), isNotNull(vectors.label)),
      ),
    )
    .orderBy(asc(indexOperations.sequence))
    .limit(sql.placeholder("limit"))
    .prepare();
  const pruned = db
    .select({ through: logPrunings.through })
    .from(logPrunings)
    .where(
      and(
        eq(logPrunings.knowledgeBaseId, sql.placeholder("id")),
        eq(logPrunings.generation, sql.placeholder("generation")),
      ),
    )
    .prepare();

  return {
    async latestSequence(collection) {
      return read(call, () => latest.get({ ...generationOf(collection) })?.sequence ?? 0);
    },
    async readAfter(collection, sequence, limit) {
      return read(call, () =>
        after
          .all({ ...generationOf(collection), sequence, limit })
          .map(({ sequence, kind, label, vector }): IndexOperation => {
            return kind === "add" && vector !== null
              ? { sequence, kind, label, vector }
              : { sequence, kind: "delete", label };
          }),
      );
    },
    async prunedThrough(collection) {
      return read(call, () => pruned.get({ ...generationOf(collection) })?.through ?? 0);
    },
  };
}
