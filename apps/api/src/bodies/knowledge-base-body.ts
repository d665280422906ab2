import { z } from "@hono/zod-openapi";
import type { KnowledgeBase, Reindexing } from "@larder/contracts";
import { metadataObject, timeText, toTime } from "./scalars.ts";

export const knowledgeBaseBody = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    settings: metadataObject,
    embedder: z
      .string()
      .nullable()
      .describe("Of the vectors that searches see; null before the first document is ready."),
    generation: z.int().min(1).describe("Which build of passages, vectors and terms searches see."),
    reindexing: z
      .object({
        generation: z.int(),
        job_id: z.string(),
        progress: z.number().min(0).max(1),
        documents: z.int(),
        documents_left: z.int(),
        target: z.object({ embedder: z.string(), parser: z.string(), splitter: z.string() }),
        started_at: timeText,
      })
      .nullable()
      .describe("The build in the making, which searches see once every document is in it."),
    counts: z.object({ documents: z.int(), passages: z.int(), tokens: z.int() }),
    created_at: timeText,
  })
  .openapi("KnowledgeBase");

export type KnowledgeBaseBody = z.infer<typeof knowledgeBaseBody>;

export function toKnowledgeBaseBody(knowledgeBase: KnowledgeBase): KnowledgeBaseBody {
  const { id, name, description, settings, embedderId, generation, reindexing, counts, createdAtMs } = knowledgeBase;
  return {
    id,
    name,
    description,
    settings: { ...settings },
    embedder: embedderId ?? null,
    generation,
    reindexing: reindexing === undefined ? null : toReindexingBody(reindexing),
    counts: { documents: counts.documents, passages: counts.passages, tokens: counts.tokens },
    created_at: toTime(createdAtMs),
  };
}

function toReindexingBody({ generation, jobId, documents, documentsLeft, target, startedAtMs }: Reindexing) {
  return {
    generation,
    job_id: jobId,
    progress: documents === 0 ? 1 : (documents - documentsLeft) / documents,
    documents,
    documents_left: documentsLeft,
    target: { embedder: target.embedderId, parser: target.parserId, splitter: target.splitterId },
    started_at: toTime(startedAtMs),
  };
}
