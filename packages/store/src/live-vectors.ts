import type { DocumentId, EmbedderId, LeasedTask, StoredVersion } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { sha256Hex } from "@larder/receipts";
import { and, asc, eq } from "drizzle-orm";
import { claimsWaitingFor } from "./claims.ts";
import { isLiveReport, isLiveVersion } from "./live-version.ts";
import { decodeSentences } from "./passage-sentences.ts";
import { documents, documentVersions, knowledgeBases, passages, vectors, versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/** The document itself, or the one that its first sender leaves for it. */
function liveDocumentOf(queries: Queries, id: DocumentId): DocumentId {
  return claimsWaitingFor(queries, id).find(({ liveId }) => liveId !== null)?.liveId ?? id;
}

/** Vectors of the text that the version takes the place of by the hash of what was embedded. Costs a read of its passages. */
export function readLiveVectors(
  queries: Queries,
  { knowledgeBaseId, documentId }: LeasedTask,
  embedderId: EmbedderId,
): ReadonlyMap<string, Float32Array> {
  const id = liveDocumentOf(queries, documentId);
  const live = queries
    .select({ version: documents.liveVersion, title: documentVersions.title, embedderId: knowledgeBases.embedderId })
    .from(documents)
    .innerJoin(knowledgeBases, eq(knowledgeBases.id, documents.knowledgeBaseId))
    .innerJoin(documentVersions, isLiveVersion)
    .where(and(eq(documents.id, id), eq(documents.knowledgeBaseId, knowledgeBaseId)))
    .get();
  if (live === undefined || live.embedderId !== embedderId) return new Map();
  const rows = queries
    .select({ headings: passages.headings, text: passages.text, vector: vectors.vector })
    .from(passages)
    .innerJoin(vectors, eq(vectors.label, passages.label))
    .where(and(eq(passages.documentId, id), eq(passages.version, live.version)))
    .all();
  return new Map(
    rows.map(({ headings, text, vector }) => [sha256Hex(contextText(live.title, headings, text)), vector]),
  );
}

/** The live version of the task's document, as a worker would have made it. */
export function readStoredVersion(queries: Queries, { documentId }: LeasedTask): StoredVersion | undefined {
  const row = queries
    .select({ version: documentVersions, report: versionReports })
    .from(documents)
    .innerJoin(documentVersions, isLiveVersion)
    .leftJoin(versionReports, isLiveReport)
    .where(eq(documents.id, documentId))
    .get();
  if (row === undefined || row.version.text === null) return undefined;
  const { version, report } = row;
  const stored = queries
    .select()
    .from(passages)
    .where(and(eq(passages.documentId, documentId), eq(passages.version, version.version)))
    .orderBy(asc(passages.ordinal))
    .all();
  const { duplicateOf, isSkipped, textSha256 } = report ?? { duplicateOf: null, isSkipped: false, textSha256: null };
  return {
    text: row.version.text,
    title: version.title,
    mediaType: version.mediaType,
    pages: version.pageCount,
    tokens: version.tokenCount,
    warnings: version.warnings,
    parserId: version.parserId ?? "",
    splitterId: version.splitterId ?? "",
    ...(textSha256 === null ? {} : { textSha256 }),
    ...(duplicateOf === null || !isSkipped ? {} : { leansOn: duplicateOf }),
    passages: stored.map(({ text, startOffset, endOffset, lead, headings, page, tokens, sentences: bytes }) => {
      const sentences = decodeSentences(bytes, text.length);
      return {
        ...{ text, start: startOffset, end: endOffset, lead, headings, tokens },
        ...(page === null ? {} : { page }),
        ...(sentences === undefined ? {} : { sentences }),
      };
    }),
  };
}
