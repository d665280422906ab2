import { z } from "@hono/zod-openapi";
import type { Job } from "@larder/contracts";
import { documentStatus } from "./document-body.ts";
import { errorBody } from "./problem-body.ts";
import { timeText, toErrorBody, toTime } from "./scalars.ts";

export const jobBody = z
  .object({
    id: z.string(),
    knowledge_base_id: z.string(),
    state: z.enum(["queued", "running", "succeeded", "failed"]),
    progress: z.number().min(0).max(1),
    documents: z.array(
      z.object({ id: z.string(), status: documentStatus, progress: z.number(), error: errorBody.nullable() }),
    ),
    created_at: timeText,
    finished_at: timeText.nullable(),
  })
  .openapi("Job");

export type JobBody = z.infer<typeof jobBody>;

export function toJobBody(job: Job): JobBody {
  return {
    id: job.id,
    knowledge_base_id: job.knowledgeBaseId,
    state: job.state,
    progress: job.progress,
    documents: job.documents.map(({ id, status, progress, error }) => ({
      id,
      status,
      progress,
      error: toErrorBody(error),
    })),
    created_at: toTime(job.createdAtMs),
    finished_at: job.finishedAtMs === undefined ? null : toTime(job.finishedAtMs),
  };
}
