import type { DocumentId, KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, sql } from "drizzle-orm";
import type { DocumentRow } from "./document-row.ts";
import { documentColumns, isReportOfShown, isShownVersion } from "./document-row.ts";
import { prepared } from "./prepared-statement.ts";
import { documents, documentVersions, knowledgeBases, versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

const selectKnowledgeBase = prepared((queries) =>
  queries
    .select()
    .from(knowledgeBases)
    .where(eq(knowledgeBases.id, sql.placeholder("id")))
    .prepare(),
);

const selectDocument = prepared((queries) =>
  queries
    .select(documentColumns)
    .from(documents)
    .innerJoin(documentVersions, isShownVersion)
    .leftJoin(versionReports, isReportOfShown)
    .where(and(eq(documents.id, sql.placeholder("id")), eq(documents.knowledgeBaseId, sql.placeholder("of"))))
    .prepare(),
);

export type KnowledgeBaseRow = typeof knowledgeBases.$inferSelect;

/** @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND` */
export function findKnowledgeBase(queries: Queries, id: KnowledgeBaseId): KnowledgeBaseRow {
  const row = selectKnowledgeBase(queries).get({ id });
  if (row === undefined) throw new LarderError("KNOWLEDGE_BASE_NOT_FOUND", { details: { knowledge_base_id: id } });
  return row;
}

/** @throws {@link LarderError} `DOCUMENT_NOT_FOUND` */
export function findDocument(queries: Queries, knowledgeBaseId: KnowledgeBaseId, id: DocumentId): DocumentRow {
  const row = selectDocument(queries).get({ id, of: knowledgeBaseId });
  if (row === undefined) throw new LarderError("DOCUMENT_NOT_FOUND", { details: { document_id: id } });
  return row;
}
