import type { EmbedderId, LeasedTask } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { sha256Hex } from "@larder/receipts";
import { and, eq } from "drizzle-orm";
import { documents, documentVersions, knowledgeBases, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/** Vectors of the document's live version by the hash of what was embedded. Costs a read of its passages. */
export function readLiveVectors(
  queries: Queries,
  { knowledgeBaseId, documentId }: LeasedTask,
  embedderId: EmbedderId,
): ReadonlyMap<string, Float32Array> {
  const live = queries
    .select({ version: documents.liveVersion, title: documentVersions.title, embedderId: knowledgeBases.embedderId })
    .from(documents)
    .innerJoin(knowledgeBases, eq(knowledgeBases.id, documents.knowledgeBaseId))
    .innerJoin(
      documentVersions,
      and(eq(documentVersions.documentId, documents.id), eq(documentVersions.version, documents.liveVersion)),
    )
    .where(and(eq(documents.id, documentId), eq(documents.knowledgeBaseId, knowledgeBaseId)))
    .get();
  if (live === undefined || live.embedderId !== embedderId) return new Map();
  const rows = queries
    .select({ headings: passages.headings, text: passages.text, vector: vectors.vector })
    .from(passages)
    .innerJoin(vectors, eq(vectors.label, passages.label))
    .where(and(eq(passages.documentId, documentId), eq(passages.version, live.version)))
    .all();
  return new Map(
    rows.map(({ headings, text, vector }) => [sha256Hex(contextText(live.title, headings, text)), vector]),
  );
}
