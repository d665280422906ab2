import type { Call, KnowledgeBaseId } from "@larder/contracts";
import { and, eq, inArray, isNotNull, lte, notInArray, sql } from "drizzle-orm";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import { findReindexing } from "./reindexing-rows.ts";
import { documentVersions, indexOperations, knowledgeBases, logPrunings } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Of one transaction. A version is removed as a whole, as when its document is deleted. Chosen arbitrarily. */
const versionsPerSlice = 10;
const operationsPerSlice = 2_000;

/** Removes some of what generations left that nobody sees any more. `false`: nothing is old enough, or there. */
export function removeRemains({ write, read, terms, clock }: StoreContext, ageMs: number, call: Call): boolean {
  const isOldEnough = and(
    isNotNull(knowledgeBases.remainsSinceMs),
    lte(knowledgeBases.remainsSinceMs, clock.nowMs() - ageMs),
  );
  const find = (queries: Queries) => queries.select().from(knowledgeBases).where(isOldEnough).limit(1).get();
  if (read(call, find) === undefined) return false;
  return write(call, (queries) => {
    const knowledgeBase = find(queries);
    if (knowledgeBase === undefined) return false;
    const { id, generation } = knowledgeBase;
    const coming = findReindexing(queries, id)?.generation ?? generation;
    if (removeSome(queries, knowledgeBase, coming)) return true;
    for (let former = 1; former <= knowledgeBase.lastGeneration; former++) {
      if (former !== generation && former !== coming) terms.drop({ number: knowledgeBase.number, generation: former });
    }
    const ofFormer = and(eq(logPrunings.knowledgeBaseId, id), notInArray(logPrunings.generation, [generation, coming]));
    queries.delete(logPrunings).where(ofFormer).run();
    queries.update(knowledgeBases).set({ remainsSinceMs: null }).where(eq(knowledgeBases.id, id)).run();
    return true;
  });
}

function removeSome(queries: Queries, knowledgeBase: KnowledgeBaseRow, coming: number): boolean {
  const { id, generation: live, lastGeneration } = knowledgeBase;
  // One seek each: what is unlike two numbers would be looked for among all that is live.
  for (let generation = 1; generation <= lastGeneration; generation++) {
    if (generation === live || generation === coming) continue;
    if (removeVersions(queries, id, generation) || removeOperations(queries, id, generation)) return true;
  }
  return false;
}

function removeVersions(queries: Queries, id: KnowledgeBaseId, generation: number): boolean {
  const versions = queries
    .select({ documentId: documentVersions.documentId, version: documentVersions.version })
    .from(documentVersions)
    .where(and(eq(documentVersions.knowledgeBaseId, id), eq(documentVersions.generation, generation)))
    .limit(versionsPerSlice)
    .all();
  for (const { documentId, version } of versions) {
    const ofVersion = and(eq(documentVersions.documentId, documentId), eq(documentVersions.version, version));
    queries.delete(documentVersions).where(ofVersion).run(); // passages, vectors and leaves go with it
  }
  return versions.length > 0;
}

function removeOperations(queries: Queries, id: KnowledgeBaseId, generation: number): boolean {
  const former = queries
    .select({ sequence: indexOperations.sequence })
    .from(indexOperations)
    .where(and(eq(indexOperations.knowledgeBaseId, id), eq(indexOperations.generation, generation)))
    .limit(operationsPerSlice);
  const { changes } = queries
    .delete(indexOperations)
    .where(inArray(indexOperations.sequence, sql`(${former})`))
    .run();
  return changes > 0;
}
