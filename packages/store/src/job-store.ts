import { setImmediate as nextTurn } from "node:timers/promises";
import type { JobState, JobStore } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { checkLimit, readCursor, toPage } from "./cursor.ts";
import { readJob, summarise } from "./job-rows.ts";
import { abandonReindexing, findReindexing } from "./reindexing-rows.ts";
import { documentClaims, documents, documentVersions, jobDocuments, jobs, reindexings, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Jobs as rows. Each call is one transaction. */
export function createJobStore({ read, write, clock }: StoreContext): JobStore {
  return {
    async job(id, call) {
      return read(call, (queries) => readJob(queries, id));
    },
    async jobs({ limit, cursor, state, knowledgeBaseId }, call) {
      checkLimit(limit);
      const [before] = cursor === undefined ? [] : readCursor(cursor, 1);
      return read(call, (queries) => {
        const rows = queries
          .select()
          .from(jobs)
          .where(
            and(
              before === undefined ? undefined : lt(jobs.number, before),
              knowledgeBaseId === undefined ? undefined : eq(jobs.knowledgeBaseId, knowledgeBaseId),
              state === undefined ? undefined : isInState(state),
            ),
          )
          .orderBy(desc(jobs.number))
          .limit(limit + 1)
          .all();
        return toPage(
          rows,
          limit,
          (row) => [row.number],
          (row) => summarise(queries, row),
        );
      });
    },
    async cancelJob(id, call) {
      return write(call, (queries) => {
        const job = queries.select().from(jobs).where(eq(jobs.id, id)).get();
        if (job === undefined) throw new LarderError("JOB_NOT_FOUND", { details: { job_id: id } });
        if (job.finishedAtMs !== null) return readJob(queries, id);
        const reindexing = job.kind === "reindex" ? findReindexing(queries, job.knowledgeBaseId) : undefined;
        if (reindexing === undefined) cancel(queries, job, clock.nowMs());
        else abandonReindexing(queries, reindexing, { kind: "cancelled" }, clock.nowMs());
        return readJob(queries, id);
      });
    },
    async pruneJobs(endedBeforeMs, call) {
      let pruned = 0;
      for (let removed = 1; removed > 0; pruned += removed) {
        removed = write(call, (queries) => pruneSome(queries, endedBeforeMs));
        await nextTurn(); // whoever else wants to write
      }
      return pruned;
    },
  };
}

/** Documents of the jobs that one transaction removes, unless one job has more. Chosen arbitrarily: some milliseconds. */
const prunedDocumentsMax = 1_000;
/** Chosen arbitrarily. */
const prunedJobsMax = 200;

/** The oldest first. One that a task is still worked on in the name of, or that makes documents anew, is not over. */
function pruneSome(queries: Queries, endedBeforeMs: number): number {
  const candidates = queries
    .select({ number: jobs.number, documentCount: jobs.documentCount })
    .from(jobs)
    .where(
      and(
        lt(jobs.finishedAtMs, endedBeforeMs),
        sql`not exists (select 1 from ${tasks} where ${tasks.jobId} = ${jobs.id})`,
        sql`not exists (select 1 from ${reindexings} where ${reindexings.jobId} = ${jobs.id})`,
      ),
    )
    .orderBy(asc(jobs.number))
    .limit(prunedJobsMax)
    .all();
  let documentCount = 0;
  const numbers: number[] = [];
  for (const job of candidates) {
    documentCount += job.documentCount;
    if (numbers.length > 0 && documentCount > prunedDocumentsMax) break;
    numbers.push(job.number);
  }
  if (numbers.length > 0) queries.delete(jobs).where(inArray(jobs.number, numbers)).run(); // places in them go with it
  return numbers.length;
}

/** Written so that the partial indexes of open and failed jobs serve it. */
function isInState(state: JobState) {
  switch (state) {
    case "queued":
      return and(sql`finished_at_ms is null`, sql`not ${isAnyAtWork}`);
    case "running":
      return and(sql`finished_at_ms is null`, isAnyAtWork);
    case "succeeded":
      return and(isNotNull(jobs.finishedAtMs), isNull(jobs.cancelledAtMs), eq(jobs.failedCount, 0));
    case "failed":
      return and(sql`failed_count > 0`, isNotNull(jobs.finishedAtMs), isNull(jobs.cancelledAtMs));
    case "cancelled":
      return isNotNull(jobs.cancelledAtMs);
  }
}

/** As far as the counts say: of a job whose first documents are being read, nothing has ended yet. */
const isAnyAtWork = sql`(${jobs.readyCount} + ${jobs.failedCount} > 0
  or exists (select 1 from ${tasks} where ${tasks.jobId} = ${jobs.id} and ${tasks.leaseToken} is not null))`;

/** In statements over all of its tasks, since there may be 100,000. */
function cancel(queries: Queries, { id, failedCount }: typeof jobs.$inferSelect, nowMs: number): void {
  const error = toErrorRecord(new LarderError("JOB_CANCELLED"));
  const ofJob = eq(tasks.jobId, id);
  // What another job waits for goes on in its name.
  const waitingJob = sql`(select jd.job_id from ${jobDocuments} jd
    where jd.document_id = ${tasks.documentId} and jd.outcome = 'pending' and jd.job_id <> ${id} limit 1)`;
  queries
    .update(tasks)
    .set({ jobId: waitingJob })
    .where(and(ofJob, sql`${waitingJob} is not null`))
    .run();
  const isMade = sql`${documents.id} in (select ${tasks.documentId} from ${tasks} where ${ofJob})`;
  queries
    .update(documents)
    .set({ status: "failed", error, updatedAtMs: nowMs })
    .where(and(isMade, eq(documents.liveVersion, 0)))
    .run();
  queries
    .update(documents)
    .set({ status: "ready", progress: 1, error: null, updatedAtMs: nowMs })
    .where(and(isMade, gt(documents.liveVersion, 0)))
    .run();
  const isLeft = sql`${documentClaims.nextId} in (select t.document_id from ${tasks} t join ${documents} d
    on d.id = t.document_id where t.job_id = ${id} and d.live_version > 0)`;
  queries
    .delete(documentClaims)
    .where(and(isLeft, isNull(documentClaims.liveId)))
    .run();
  queries.update(documentClaims).set({ nextId: null }).where(isLeft).run();
  queries
    .delete(documentVersions) // with its task
    .where(
      sql`(${documentVersions.documentId}, ${documentVersions.version}) in
        (select t.document_id, t.version from ${tasks} t join ${documents} d on d.id = t.document_id
         where t.job_id = ${id} and d.live_version > 0)`,
    )
    .run();
  queries.delete(tasks).where(ofJob).run();
  const { changes } = queries
    .update(jobDocuments)
    .set({ outcome: "failed", error })
    .where(and(eq(jobDocuments.jobId, id), eq(jobDocuments.outcome, "pending")))
    .run();
  queries
    .update(jobs)
    .set({ finishedAtMs: nowMs, cancelledAtMs: nowMs, failedCount: failedCount + changes })
    .where(eq(jobs.id, id))
    .run();
}
