import { z } from "@hono/zod-openapi";
import type { KnowledgeBase } from "@larder/contracts";
import { metadataObject, timeText, toTime } from "./scalars.ts";

export const knowledgeBaseBody = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    settings: metadataObject,
    embedder: z.string().nullable().describe("Fixed by the first document that becomes ready."),
    counts: z.object({ documents: z.int(), passages: z.int(), tokens: z.int() }),
    created_at: timeText,
  })
  .openapi("KnowledgeBase");

export type KnowledgeBaseBody = z.infer<typeof knowledgeBaseBody>;

export function toKnowledgeBaseBody(knowledgeBase: KnowledgeBase): KnowledgeBaseBody {
  const { id, name, description, settings, embedderId, counts, createdAtMs } = knowledgeBase;
  return {
    id,
    name,
    description,
    settings: { ...settings },
    embedder: embedderId ?? null,
    counts: { documents: counts.documents, passages: counts.passages, tokens: counts.tokens },
    created_at: toTime(createdAtMs),
  };
}
