import { z } from "@hono/zod-openapi";
import type { Evidence, Retrieval } from "@larder/contracts";
import { toHeading } from "./document-body.ts";

export const evidenceBody = z
  .object({
    passage_id: z.string().describe("The best passage inside the stretch."),
    passage_ids: z.array(z.string()).describe("All passages inside the stretch, in order."),
    document_id: z.string(),
    version: z.int(),
    title: z.string(),
    heading: z.string().nullable(),
    page: z.int().nullable(),
    start: z.int(),
    end: z.int(),
    text: z.string(),
    tokens: z.int(),
    score: z.number(),
    scores: z.object({ dense: z.number().nullable(), lexical: z.number().nullable() }),
  })
  .openapi("Evidence");

export const timingsBody = z.object({
  embed: z.number(),
  dense: z.number(),
  lexical: z.number(),
  pack: z.number(),
  total: z.number(),
});

export const searchBody = z
  .object({
    evidence: z.array(evidenceBody).describe("Best first."),
    tokens: z.int(),
    degraded: z.array(z.string()).describe("What did not take part; empty when all did."),
    timings_ms: timingsBody,
  })
  .openapi("SearchResult");

export type EvidenceBody = z.infer<typeof evidenceBody>;

export function toEvidenceBody(evidence: Evidence): EvidenceBody {
  return {
    passage_id: evidence.passageId,
    passage_ids: [...evidence.passageIds],
    document_id: evidence.documentId,
    version: evidence.version,
    title: evidence.title,
    heading: toHeading(evidence.headings),
    page: evidence.page ?? null,
    start: evidence.start,
    end: evidence.end,
    text: evidence.text,
    tokens: evidence.tokens,
    score: evidence.score,
    scores: { dense: evidence.scores.dense ?? null, lexical: evidence.scores.lexical ?? null },
  };
}

export function toTimingsBody({ timingsMs }: Retrieval): z.infer<typeof timingsBody> {
  const { embed, dense, lexical, pack, total } = timingsMs;
  return { embed, dense, lexical, pack, total };
}

export function toSearchBody(retrieval: Retrieval): z.infer<typeof searchBody> {
  return {
    evidence: retrieval.evidence.map(toEvidenceBody),
    tokens: retrieval.tokens,
    degraded: [...retrieval.degraded],
    timings_ms: toTimingsBody(retrieval),
  };
}
