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
    file_name: z.string().nullable().describe("Of the document, where it came as a file."),
    heading: z.string().nullable(),
    page: z.int().nullable(),
    start: z.int(),
    end: z.int(),
    text: z.string(),
    tokens: z.int(),
    score: z.number(),
    scores: z
      .object({
        dense: z.number().nullable().describe("By the vectors of question and passage."),
        lexical: z.number().nullable().describe("By words (BM25)."),
        late_interaction: z.number().nullable().describe("By the best match of each token of the question."),
        link: z
          .number()
          .nullable()
          .describe("Where it is linked with a best passage: the share that it holds of what that one leaves open."),
        rerank: z.number().nullable().describe("By the reranker, where it is on and read the passage."),
      })
      .describe(
        "What `score` is the weighted mean of, each scaled to 0 … 1 over this question's candidates; `link` is added to it.",
      ),
  })
  .openapi("Evidence");

export const timingsBody = z.object({
  embed: z.number(),
  dense: z.number(),
  lexical: z.number(),
  late_interaction: z.number(),
  link: z.number().describe("Links of the best passages, with the second search if there was one."),
  rerank: z.number(),
  pack: z.number(),
  total: z.number(),
});

/** What search and query say about their evidence alike. */
export const retrievalBodies = {
  budget: z
    .object({
      asked: z.union([z.int(), z.literal("auto")]),
      tokens_max: z.int(),
      predicted_recall: z.number().describe("Share of the evidence that is predicted to be here; calibrated."),
    })
    .nullable()
    .describe("Null when whole passages were asked for."),
  searched_text: z
    .string()
    .nullable()
    .describe("What was searched for, when earlier turns were added to the question."),
  followed_names: z
    .array(z.string())
    .describe("Names in the best passages that a second search was made with; empty when there was none."),
  confidence: z.number().describe("That the knowledge base answers the question, 0 to 1; see the guide to HTTP."),
};

export function toRetrievalBodies({ budget, confidence, searchedText, followedNames = [] }: Retrieval) {
  const searched = { searched_text: searchedText ?? null, followed_names: [...followedNames], confidence };
  if (budget === undefined) return { budget: null, ...searched };
  const { asked, tokensMax, predictedRecall } = budget;
  return { budget: { asked, tokens_max: tokensMax, predicted_recall: predictedRecall }, ...searched };
}

export const searchBody = z
  .object({
    evidence: z.array(evidenceBody).describe("Best first."),
    tokens: z.int(),
    ...retrievalBodies,
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
    file_name: evidence.fileName ?? null,
    heading: toHeading(evidence.headings),
    page: evidence.page ?? null,
    start: evidence.start,
    end: evidence.end,
    text: evidence.text,
    tokens: evidence.tokens,
    score: evidence.score,
    scores: {
      dense: evidence.scores.dense ?? null,
      lexical: evidence.scores.lexical ?? null,
      late_interaction: evidence.scores.lateInteraction ?? null,
      link: evidence.scores.link ?? null,
      rerank: evidence.scores.rerank ?? null,
    },
  };
}

export function toTimingsBody({ timingsMs }: Retrieval): z.infer<typeof timingsBody> {
  const { embed, dense, lexical, lateInteraction, link, rerank, pack, total } = timingsMs;
  return { embed, dense, lexical, late_interaction: lateInteraction, link, rerank, pack, total };
}

export function toSearchBody(retrieval: Retrieval): z.infer<typeof searchBody> {
  return {
    evidence: retrieval.evidence.map(toEvidenceBody),
    tokens: retrieval.tokens,
    ...toRetrievalBodies(retrieval),
    degraded: [...retrieval.degraded],
    timings_ms: toTimingsBody(retrieval),
  };
}
