import type { DocumentId, ErrorRecord, Job, JobId, JobState } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, asc, eq, isNull } from "drizzle-orm";
import { documents, jobDocuments, jobs } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/** @throws {@link LarderError} `JOB_NOT_FOUND` */
export function readJob(queries: Queries, id: JobId): Job {
  const job = queries.select().from(jobs).where(eq(jobs.id, id)).get();
  if (job === undefined) throw new LarderError("JOB_NOT_FOUND", { details: { job_id: id } });
  const rows = queries
    .select({
      id: documents.id,
      outcome: jobDocuments.outcome,
      error: jobDocuments.error,
      status: documents.status,
      progress: documents.progress,
    })
    .from(jobDocuments)
    .innerJoin(documents, eq(documents.id, jobDocuments.documentId))
    .where(eq(jobDocuments.jobId, id))
    .orderBy(asc(jobDocuments.position))
    .all();
  const listed = rows.map(toJobDocument);
  const { knowledgeBaseId, createdAtMs, finishedAtMs } = job;
  return {
    id,
    knowledgeBaseId,
    state: stateOf(listed, finishedAtMs !== null),
    progress: listed.length === 0 ? 1 : listed.reduce((sum, { progress }) => sum + progress, 0) / listed.length,
    documents: listed,
    createdAtMs,
    ...(finishedAtMs === null ? {} : { finishedAtMs }),
  };
}

type JobDocument = Job["documents"][number];

function toJobDocument(row: {
  readonly id: DocumentId;
  readonly outcome: "pending" | "ready" | "failed";
  readonly error: ErrorRecord | null;
  readonly status: JobDocument["status"];
  readonly progress: number;
}): JobDocument {
  switch (row.outcome) {
    case "pending":
      return { id: row.id, status: row.status, progress: row.progress };
    case "ready":
      return { id: row.id, status: "ready", progress: 1 };
    case "failed":
      return { id: row.id, status: "failed", progress: 1, ...(row.error === null ? {} : { error: row.error }) };
  }
}

function stateOf(listed: readonly JobDocument[], isFinished: boolean): JobState {
  if (isFinished) return listed.some(({ status }) => status === "failed") ? "failed" : "succeeded";
  return listed.every(({ status }) => status === "queued") ? "queued" : "running";
}

/** Writes what became of a document into each job that waits for it, and ends the jobs that waited for nothing else. */
export function settleDocument(
  queries: Queries,
  documentId: DocumentId,
  outcome: { readonly outcome: "ready" } | { readonly outcome: "failed"; readonly error: ErrorRecord },
  nowMs: number,
): void {
  const waiting = and(eq(jobDocuments.documentId, documentId), eq(jobDocuments.outcome, "pending"));
  const settled = queries
    .update(jobDocuments)
    .set(outcome)
    .where(waiting)
    .returning({ jobId: jobDocuments.jobId })
    .all();
  for (const { jobId } of settled) endJobWithoutPending(queries, jobId, nowMs);
}

/** Jobs that wait for this document. */
export function jobsPendingOn(queries: Queries, documentId: DocumentId): readonly JobId[] {
  return queries
    .select({ jobId: jobDocuments.jobId })
    .from(jobDocuments)
    .where(and(eq(jobDocuments.documentId, documentId), eq(jobDocuments.outcome, "pending")))
    .all()
    .map(({ jobId }) => jobId);
}

export function endJobWithoutPending(queries: Queries, jobId: JobId, nowMs: number): void {
  const pending = queries
    .select({ jobId: jobDocuments.jobId })
    .from(jobDocuments)
    .where(and(eq(jobDocuments.jobId, jobId), eq(jobDocuments.outcome, "pending")))
    .limit(1)
    .get();
  if (pending !== undefined) return;
  queries
    .update(jobs)
    .set({ finishedAtMs: nowMs })
    .where(and(eq(jobs.id, jobId), isNull(jobs.finishedAtMs)))
    .run();
}
