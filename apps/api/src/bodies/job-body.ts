import { z } from "@hono/zod-openapi";
import type { Job, JobDocument, JobSummary } from "@larder/contracts";
import { jobDocumentsListedMax, jobFailuresListedMax } from "@larder/contracts";
import { toErrorBody } from "../problem.ts";
import { documentStatus, isLive } from "./document-body.ts";
import { errorBody } from "./problem-body.ts";
import { timeText, toTime } from "./scalars.ts";

export const jobState = z.enum(["queued", "running", "succeeded", "failed", "cancelled"]);

const jobDocumentBody = z.object({
  id: z.string(),
  title: z.string(),
  file_name: z.string().nullable().describe("Of a file of an archive, its path there."),
  external_id: z.string().nullable().describe("Of a page, its address."),
  is_live: isLive,
  status: documentStatus.describe("Of what the upload brought."),
  progress: z.number(),
  error: errorBody.nullable(),
  attempts: z.int().nullable().describe("Tries that it took or failed after; null while it is in the making."),
  duplicate_of: z.string().nullable().describe("Another document that has the same text."),
});

const summary = {
  id: z.string(),
  knowledge_base_id: z.string(),
  kind: z.enum(["upload", "reindex"]).describe("reindex: all documents of a knowledge base made anew."),
  state: jobState,
  progress: z
    .number()
    .min(0)
    .max(1)
    .describe(`Mean over its documents; above ${jobDocumentsListedMax} of them, the share that ended.`),
  counts: z.object({ documents: z.int(), ready: z.int(), failed: z.int() }),
  failures: z.array(jobDocumentBody).describe(`The first documents that failed, at most ${jobFailuresListedMax}.`),
  created_at: timeText,
  finished_at: timeText.nullable(),
};

export const jobSummaryBody = z.object(summary).openapi("JobSummary");
export const jobBody = z
  .object({
    ...summary,
    documents: z
      .array(jobDocumentBody)
      .describe(`In the order of the upload, at most ${jobDocumentsListedMax}; \`counts\` has all.`),
  })
  .openapi("Job");

export type JobBody = z.infer<typeof jobBody>;
export type JobSummaryBody = z.infer<typeof jobSummaryBody>;

export function toJobSummaryBody(job: JobSummary): JobSummaryBody {
  const { documents, ready, failed } = job.counts;
  return {
    id: job.id,
    knowledge_base_id: job.knowledgeBaseId,
    kind: job.kind,
    state: job.state,
    progress: job.progress,
    counts: { documents, ready, failed },
    failures: job.failures.map(toJobDocumentBody),
    created_at: toTime(job.createdAtMs),
    finished_at: job.finishedAtMs === undefined ? null : toTime(job.finishedAtMs),
  };
}

export function toJobBody(job: Job): JobBody {
  return { ...toJobSummaryBody(job), documents: job.documents.map(toJobDocumentBody) };
}

function toJobDocumentBody(document: JobDocument) {
  const { id, title, fileName, externalId, isLive: is_live, status, progress, error, attempts, duplicateOf } = document;
  return {
    ...{ id, title, file_name: fileName ?? null, external_id: externalId ?? null, is_live, status, progress },
    error: toErrorBody(error),
    attempts: attempts ?? null,
    duplicate_of: duplicateOf ?? null,
  };
}
