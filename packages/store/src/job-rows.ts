import type { DocumentId, ErrorRecord, Job, JobDocument, JobId, JobState, JobSummary } from "@larder/contracts";
import { jobDocumentsListedMax, jobFailuresListedMax, LarderError } from "@larder/contracts";
import { and, asc, count, eq, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { externalIdsOfDocument, isShownVersion } from "./document-row.ts";
import { prepared } from "./prepared-statement.ts";
import { documents, documentVersions, jobDocuments, jobs, versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

type JobRow = typeof jobs.$inferSelect;

/** @throws {@link LarderError} `JOB_NOT_FOUND` */
export function readJob(queries: Queries, id: JobId): Job {
  const job = queries.select().from(jobs).where(eq(jobs.id, id)).get();
  if (job === undefined) throw new LarderError("JOB_NOT_FOUND", { details: { job_id: id } });
  const listed = listDocuments(queries, eq(jobDocuments.jobId, id), jobDocumentsListedMax);
  const summary = summarise(queries, job);
  if (job.documentCount > listed.length) return { ...summary, documents: listed };
  const state =
    summary.state === "running" && listed.every(({ status }) => status === "queued") ? "queued" : summary.state;
  const progress = listed.length === 0 ? 1 : listed.reduce((sum, each) => sum + each.progress, 0) / listed.length;
  return { ...summary, state, progress, documents: listed };
}

/** At a cost that does not grow with the job. */
export function summarise(queries: Queries, job: JobRow): JobSummary {
  const { id, knowledgeBaseId, kind, documentCount, readyCount, failedCount, createdAtMs, finishedAtMs } = job;
  const ofJob = eq(jobDocuments.jobId, id);
  // As text: the partial index is found by the same words only.
  const failed = and(ofJob, sql`${jobDocuments.outcome} = 'failed'`);
  const ended = readyCount + failedCount;
  return {
    ...{ id, knowledgeBaseId, kind, createdAtMs },
    state: stateOf(job),
    progress: documentCount === 0 || finishedAtMs !== null ? 1 : ended / documentCount,
    counts: { documents: documentCount, ready: readyCount, failed: failedCount },
    failures: failedCount === 0 ? [] : listDocuments(queries, failed, jobFailuresListedMax),
    ...(finishedAtMs === null ? {} : { finishedAtMs }),
  };
}

function stateOf({ finishedAtMs, cancelledAtMs, failedCount }: JobRow): JobState {
  if (cancelledAtMs !== null) return "cancelled";
  if (finishedAtMs === null) return "running";
  return failedCount > 0 ? "failed" : "succeeded";
}

const newestVersions = alias(documentVersions, "newest");

function listDocuments(queries: Queries, where: ReturnType<typeof and>, limit: number): readonly JobDocument[] {
  return (
    queries
      .select({
        id: documents.id,
        outcome: jobDocuments.outcome,
        error: jobDocuments.error,
        status: documents.status,
        progress: documents.progress,
        attempts: versionReports.attempts,
        duplicateOf: versionReports.duplicateOf,
        externalIds: externalIdsOfDocument,
        liveVersion: documents.liveVersion,
        shown: { title: documentVersions.title, fileName: documentVersions.fileName },
        newest: { title: newestVersions.title, fileName: newestVersions.fileName },
      })
      .from(jobDocuments)
      .innerJoin(documents, eq(documents.id, jobDocuments.documentId))
      .innerJoin(documentVersions, isShownVersion)
      // Not there when it was given up.
      .leftJoin(
        newestVersions,
        and(eq(newestVersions.documentId, documents.id), eq(newestVersions.version, documents.lastVersion)),
      )
      .leftJoin(
        versionReports,
        // Of the newest version: the one that is ready or failed.
        and(eq(versionReports.documentId, documents.id), eq(versionReports.version, documents.lastVersion)),
      )
      .where(where)
      .orderBy(asc(jobDocuments.position))
      .limit(limit)
      .all()
      .map(toJobDocument)
  );
}

interface Named {
  readonly title: string;
  readonly fileName: string | null;
}

function toJobDocument(row: {
  readonly id: DocumentId;
  readonly outcome: "pending" | "ready" | "failed";
  readonly error: ErrorRecord | null;
  readonly status: JobDocument["status"];
  readonly progress: number;
  readonly attempts: number | null;
  readonly duplicateOf: DocumentId | null;
  readonly externalIds: readonly string[];
  readonly liveVersion: number;
  readonly shown: Named;
  readonly newest: Named | null;
}): JobDocument {
  const { title, fileName } = row.newest ?? row.shown;
  const named = {
    ...{ id: row.id, title, isLive: row.liveVersion > 0 },
    ...(fileName === null ? {} : { fileName }),
    ...(row.externalIds[0] === undefined ? {} : { externalId: row.externalIds[0] }),
  };
  const attempts = row.attempts === null || row.attempts === 0 ? {} : { attempts: row.attempts };
  const duplicate = row.duplicateOf === null ? {} : { duplicateOf: row.duplicateOf };
  switch (row.outcome) {
    case "pending":
      return { ...named, status: row.status, progress: row.progress };
    case "ready":
      return { ...named, status: "ready", progress: 1, ...attempts, ...duplicate };
    case "failed":
      return {
        ...{ ...named, status: "failed", progress: 1 },
        ...(row.error === null ? {} : { error: row.error }),
        ...attempts,
      };
  }
}

const settleReady = prepared((queries) =>
  queries
    .update(jobDocuments)
    .set({ outcome: "ready" })
    .where(and(eq(jobDocuments.documentId, sql.placeholder("documentId")), eq(jobDocuments.outcome, "pending")))
    .returning({ jobId: jobDocuments.jobId })
    .prepare(),
);

const countReady = prepared((queries) =>
  queries
    .update(jobs)
    .set({ readyCount: sql`${jobs.readyCount} + 1` })
    .where(eq(jobs.id, sql.placeholder("jobId")))
    .prepare(),
);

const endJob = prepared((queries) =>
  queries
    .update(jobs)
    .set({ finishedAtMs: sql`${sql.placeholder("nowMs")}` })
    .where(
      and(
        eq(jobs.id, sql.placeholder("jobId")),
        isNull(jobs.finishedAtMs),
        sql`${jobs.readyCount} + ${jobs.failedCount} >= ${jobs.documentCount}`,
      ),
    )
    .prepare(),
);

/** Writes what became of a document into each job that waits for it, and ends the jobs that waited for nothing else. */
export function settleDocument(
  queries: Queries,
  documentId: DocumentId,
  outcome: { readonly outcome: "ready" } | { readonly outcome: "failed"; readonly error: ErrorRecord },
  nowMs: number,
): void {
  if (outcome.outcome === "ready") {
    for (const { jobId } of settleReady(queries).all({ documentId })) {
      countReady(queries).run({ jobId });
      endJobWithoutPending(queries, jobId, nowMs);
    }
    return;
  }
  const waiting = and(eq(jobDocuments.documentId, documentId), eq(jobDocuments.outcome, "pending"));
  const settled = queries
    .update(jobDocuments)
    .set(outcome)
    .where(waiting)
    .returning({ jobId: jobDocuments.jobId })
    .all();
  for (const { jobId } of settled) {
    const failedCount = sql`${jobs.failedCount} + 1`;
    queries.update(jobs).set({ failedCount }).where(eq(jobs.id, jobId)).run();
    endJobWithoutPending(queries, jobId, nowMs);
  }
}

/** Takes a document that is about to go out of every job's counts; the jobs that it was in. */
export function leaveJobs(queries: Queries, documentId: DocumentId): readonly JobId[] {
  const places = queries
    .select({ jobId: jobDocuments.jobId, outcome: jobDocuments.outcome, places: count() })
    .from(jobDocuments)
    .innerJoin(jobs, and(eq(jobs.id, jobDocuments.jobId), eq(jobs.kind, "upload"))) // what ended a reindexing still did
    .where(eq(jobDocuments.documentId, documentId))
    .groupBy(jobDocuments.jobId, jobDocuments.outcome)
    .all();
  for (const { jobId, outcome, places: fewer } of places) {
    const counted =
      outcome === "pending"
        ? {}
        : outcome === "ready"
          ? { readyCount: sql`${jobs.readyCount} - ${fewer}` }
          : { failedCount: sql`${jobs.failedCount} - ${fewer}` };
    queries
      .update(jobs)
      .set({ ...counted, documentCount: sql`${jobs.documentCount} - ${fewer}` })
      .where(eq(jobs.id, jobId))
      .run();
  }
  return places.filter(({ outcome }) => outcome === "pending").map(({ jobId }) => jobId);
}

export function endJobWithoutPending(queries: Queries, jobId: JobId, nowMs: number): void {
  endJob(queries).run({ jobId, nowMs });
}
