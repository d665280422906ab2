import type { Call, Make, ReindexingStep, ReindexStore } from "@larder/contracts";
import { keptWarning } from "@larder/contracts";
import { and, asc, count, eq, gt, isNotNull, isNull, ne, or, sql } from "drizzle-orm";
import { findKnowledgeBase } from "./find-rows.ts";
import { readJob } from "./job-rows.ts";
import { isLiveVersion } from "./live-version.ts";
import { stageRemake } from "./next-versions.ts";
import type { ReindexingRow } from "./reindexing-rows.ts";
import { abandonReindexing, findReindexing, isOfMake, toReindexing } from "./reindexing-rows.ts";
import { removeRemains } from "./remove-remains.ts";
import { documents, documentVersions, embedders, jobs, knowledgeBases, reindexings, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { isAnyUnstaged, swapGeneration } from "./swap-generation.ts";

/** Documents put into the queue in one transaction: 40 to 100 ms of the write lock. */
const documentsPerSlice = 50;
/** While more wait in it, none are put there: enough for every worker until somebody looks again. Chosen arbitrarily. */
const documentsQueuedMax = 400;

/** Generations in the making as rows. */
export function createReindexStore(context: StoreContext): ReindexStore {
  const { read, write, terms, ids, clock } = context;

  return {
    async isMadeOtherwise(id, make, call) {
      return read(call, (queries) => {
        const { embedderId } = findKnowledgeBase(queries, id);
        if (embedderId === null) return false; // nothing was made yet
        return embedderId !== make.embedderId || hasOtherVersion(queries, id, make);
      });
    },
    async beginReindexing(id, make, call) {
      return write(call, (queries) => {
        const knowledgeBase = findKnowledgeBase(queries, id);
        const nowMs = clock.nowMs();
        const underWay = findReindexing(queries, id);
        if (underWay !== undefined) {
          if (isOfMake(underWay, make) && underWay.termsId === terms.id) return readJob(queries, underWay.jobId);
          abandonReindexing(queries, underWay, { kind: "cancelled" }, nowMs);
        }
        const generation = knowledgeBase.lastGeneration + 1;
        const jobId = ids.next("job");
        const { documentCount, number } = knowledgeBase;
        queries
          .insert(jobs)
          .values({ id: jobId, knowledgeBaseId: id, createdAtMs: nowMs, documentCount, kind: "reindex" })
          .run();
        const { embedderId, parserId, splitterId } = make;
        const row = { knowledgeBaseId: id, generation, jobId, embedderId, parserId, splitterId, termsId: terms.id };
        queries
          .insert(reindexings)
          .values({ ...row, startedAtMs: nowMs })
          .run();
        queries.update(knowledgeBases).set({ lastGeneration: generation }).where(eq(knowledgeBases.id, id)).run();
        terms.create({ number, generation });
        return readJob(queries, jobId);
      });
    },
    async reindexings(call) {
      return read(call, (queries) =>
        queries
          .select()
          .from(reindexings)
          .orderBy(asc(reindexings.startedAtMs))
          .all()
          .map((row) => toReindexing(queries, row)),
      );
    },
    async advanceReindexing(id, call) {
      if (read(call, (queries) => isBusy(queries, id))) return "making"; // without the write lock
      return write(call, (queries): ReindexingStep => {
        const row = findReindexing(queries, id);
        if (row === undefined) return "none";
        if (stageSome(context, queries, row)) return "staged";
        if (queuedOf(queries, row) > 0) return "making";
        const knowledgeBase = findKnowledgeBase(queries, id);
        if (isAnyUnstaged(queries, knowledgeBase)) {
          queries.update(reindexings).set({ stagedDocument: 0 }).where(eq(reindexings.knowledgeBaseId, id)).run();
          return "staged";
        }
        swapGeneration(queries, knowledgeBase, row, clock.nowMs());
        return "swapped";
      });
    },
    async removeRemains(ageMs, call) {
      return removeRemains(context, ageMs, call);
    },
    async rememberEmbedder(embedder, call) {
      const { id: _id, ...set } = embedder;
      write(call, (queries) =>
        queries.insert(embedders).values(embedder).onConflictDoUpdate({ target: embedders.id, set }).run(),
      );
    },
    async rememberedEmbedder(id, call: Call) {
      return read(call, (queries) => queries.select().from(embedders).where(eq(embedders.id, id)).get());
    },
  };
}

function hasOtherVersion(queries: Queries, id: ReindexingRow["knowledgeBaseId"], make: Make): boolean {
  const other = queries
    .select({ number: documents.number })
    .from(documents)
    .innerJoin(documentVersions, isLiveVersion)
    .where(
      and(
        eq(documents.knowledgeBaseId, id),
        sql`instr(${documentVersions.warnings}, ${`"${keptWarning}"`}) = 0`,
        or(ne(documentVersions.parserId, make.parserId), ne(documentVersions.splitterId, make.splitterId)),
      ),
    );
  return other.limit(1).get() !== undefined;
}

function queuedOf(queries: Queries, { knowledgeBaseId }: Pick<ReindexingRow, "knowledgeBaseId">): number {
  const remakes = and(eq(tasks.knowledgeBaseId, knowledgeBaseId), isNotNull(tasks.remadeFor));
  return queries.select({ tasks: count() }).from(tasks).where(remakes).get()?.tasks ?? 0;
}

function isBusy(queries: Queries, knowledgeBaseId: ReindexingRow["knowledgeBaseId"]): boolean {
  const queued = queuedOf(queries, { knowledgeBaseId });
  const row = findReindexing(queries, knowledgeBaseId);
  return row !== undefined && queued > documentsQueuedMax;
}

/** `false` when every live document up to the last has its version or task. */
function stageSome(context: StoreContext, queries: Queries, row: ReindexingRow): boolean {
  const { knowledgeBaseId, stagedDocument } = row;
  const found = queries
    .select({ number: documents.number, id: documents.id })
    .from(documents)
    .where(
      and(
        eq(documents.knowledgeBaseId, knowledgeBaseId),
        gt(documents.number, stagedDocument),
        gt(documents.liveVersion, 0),
        isNull(documents.nextVersion),
      ),
    )
    .orderBy(asc(documents.number))
    .limit(documentsPerSlice)
    .all();
  for (const { id } of found) stageRemake(context, queries, row, id);
  const last = found.at(-1);
  if (last === undefined) return false;
  queries
    .update(reindexings)
    .set({ stagedDocument: last.number })
    .where(eq(reindexings.knowledgeBaseId, knowledgeBaseId))
    .run();
  return true;
}
