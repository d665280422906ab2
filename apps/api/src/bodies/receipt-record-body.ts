import { z } from "@hono/zod-openapi";
import type { ChainPlace, Receipt, ReceiptHit, RetrievalRecord, TimingsRecord } from "@larder/contracts";
import { toFilterBody } from "./filter-body.ts";

const unrecorded = "Null in receipts from before it was recorded.";
const sha256 = z.string().openapi({ example: "0".repeat(64) });

export const hitBody = z.object({
  passage_id: z.string().describe("The best passage of the piece."),
  passage_ids: z.array(z.string()).nullable().describe(`All passages of the piece, in order. ${unrecorded}`),
  document_id: z.string().nullable(),
  version: z.int().nullable(),
  start: z.int().nullable(),
  end: z.int().nullable(),
  text_sha256: sha256,
  tokens: z.int().nullable().describe(`By Larder's own count. ${unrecorded}`),
  score: z.number(),
});

export const retrievalRecordBody = z
  .object({
    mode: z.enum(["hybrid", "dense", "lexical"]),
    limit: z.int(),
    token_budget: z.union([z.int(), z.literal("auto")]).nullable(),
    filter: z.record(z.string(), z.unknown()).nullable(),
    history_turns: z.int(),
    searched_text_sha256: sha256.nullable().describe("When earlier turns were added to the question."),
    query_vector_sha256: sha256.nullable().describe("Null when nothing was embedded."),
    index_root: sha256.describe("Merkle root over the passages of the knowledge base when the search began."),
    index_root_after: sha256.nullable().describe("When it ended, where documents came or went meanwhile."),
    degraded: z.array(z.string()),
  })
  .openapi("RetrievalRecord");

const part = z.number().nullable();
export const timingsRecordBody = z.object({
  retrieve: z.number().describe("The whole search."),
  embed: part,
  dense: part,
  lexical: part,
  late_interaction: part,
  link: part,
  rerank: part,
  pack: part,
  first_text: part.describe("From the question to the answer's first text."),
  generate: z.number(),
  verify: part,
  total: z.number(),
});

export const chainBody = z
  .object({
    number: z.int().describe("From 1, without gaps."),
    previous_hash: sha256.describe("Of the receipt before it; 64 zeros for the first."),
    hash: sha256,
  })
  .openapi("ChainPlace");

export const recordBodies = {
  settings_sha256: sha256.nullable().describe("Over every setting that retrieval and answering went by."),
  price_book_as_of: z.string().nullable(),
  question: z.string().nullable().describe("Only when it was asked to be kept."),
  history: z
    .array(z.object({ question: z.string(), answer: z.string().nullable() }))
    .nullable()
    .describe("With the question, where there were earlier turns."),
  retrieval: retrievalRecordBody.nullable().describe("Null where there was nothing to search."),
  chain: chainBody.nullable().describe("Null until the receipt is read back."),
};

export function toHitBody(hit: ReceiptHit): z.infer<typeof hitBody> {
  const { passageId, passageIds, documentId = null, version = null, start = null, end = null } = hit;
  return {
    passage_id: passageId,
    passage_ids: passageIds === undefined ? null : [...passageIds],
    document_id: documentId,
    ...{ version, start, end },
    text_sha256: hit.textSha256,
    tokens: hit.tokens ?? null,
    score: hit.score,
  };
}

function toRetrievalRecordBody(record: RetrievalRecord): z.infer<typeof retrievalRecordBody> {
  return {
    mode: record.mode,
    limit: record.limit,
    token_budget: record.tokenBudget ?? null,
    filter: record.filter === undefined ? null : toFilterBody(record.filter),
    history_turns: record.historyTurns,
    searched_text_sha256: record.searchedTextSha256 ?? null,
    query_vector_sha256: record.queryVectorSha256 ?? null,
    index_root: record.indexRoot,
    index_root_after: record.indexRootAfter ?? null,
    degraded: [...record.degraded],
  };
}

export function toTimingsRecordBody(timings: TimingsRecord): z.infer<typeof timingsRecordBody> {
  const { lateInteraction = null, firstText = null, verify = null, retrieve, generate, total } = timings;
  const { embed = null, dense = null, lexical = null, link = null, rerank = null, pack = null } = timings;
  return {
    ...{ retrieve, embed, dense, lexical, late_interaction: lateInteraction, link, rerank, pack },
    ...{ first_text: firstText, generate, verify, total },
  };
}

function toChainBody({ number, previousHash, hash }: ChainPlace): z.infer<typeof chainBody> {
  return { number, previous_hash: previousHash, hash };
}

export function toRecordBodies({ settingsSha256, priceBookAsOf, question, history, retrieval, chain }: Receipt) {
  return {
    settings_sha256: settingsSha256 ?? null,
    price_book_as_of: priceBookAsOf ?? null,
    question: question ?? null,
    history: history?.map((turn) => ({ question: turn.question, answer: turn.answer ?? null })) ?? null,
    retrieval: retrieval === undefined ? null : toRetrievalRecordBody(retrieval),
    chain: chain === undefined ? null : toChainBody(chain),
  };
}
