import type { StoredDocument } from "@larder/contracts";
import { and, eq, getTableColumns } from "drizzle-orm";
import { documents, documentVersions } from "./schema/index.ts";

type VersionColumns = (typeof documentVersions)["_"]["columns"];

const { text: _text, ...shownColumns } = getTableColumns(documentVersions); // the text is long and seldom wanted

/** A document with the version that readers are told about. */
export const documentColumns: { document: typeof documents; shown: Omit<VersionColumns, "text"> } = {
  document: documents,
  shown: shownColumns,
};

/** Joins each of the documents with the version that readers are told about. */
export const isShownVersion = and(
  eq(documentVersions.documentId, documents.id),
  eq(documentVersions.version, documents.shownVersion),
);

export interface DocumentRow {
  readonly document: typeof documents.$inferSelect;
  readonly shown: Omit<typeof documentVersions.$inferSelect, "text">;
}

export function toStoredDocument({ document, shown }: DocumentRow): StoredDocument {
  return {
    id: document.id,
    knowledgeBaseId: document.knowledgeBaseId,
    title: shown.title,
    ...(shown.fileName === null ? {} : { fileName: shown.fileName }),
    mediaType: shown.mediaType,
    bytes: shown.bytes,
    sha256: shown.sha256,
    ...(document.externalId === null ? {} : { externalId: document.externalId }),
    version: document.liveVersion,
    status: document.status,
    progress: document.progress,
    ...(document.error === null ? {} : { error: document.error }),
    warnings: shown.warnings,
    counts: { passages: shown.passageCount, tokens: shown.tokenCount, pages: shown.pageCount },
    metadata: shown.metadata,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.updatedAtMs,
  };
}
