import type { StoredDocument } from "@larder/contracts";
import type { SQL } from "drizzle-orm";
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { documentClaims, documents, documentVersions, versionReports } from "./schema/index.ts";
import type { VersionReportRow } from "./version-report.ts";

type VersionColumns = (typeof documentVersions)["_"]["columns"];

const { text: _text, ...shownColumns } = getTableColumns(documentVersions); // the text is long and seldom wanted

/** Those of a row of `documents`, the oldest first. */
export const externalIdsOfDocument: SQL<readonly string[]> =
  sql`(select json_group_array(external_id) from (select c.external_id from ${documentClaims} c
  where c.external_id is not null
    and (c.next_id = ${documents.id} or c.live_id = ${documents.id} and c.next_id is null)
  order by c.number))`.mapWith((json: string) => JSON.parse(json) as readonly string[]);

/** A document with the version that readers are told about. */
export const documentColumns: {
  document: typeof documents;
  shown: Omit<VersionColumns, "text">;
  report: typeof versionReports;
  externalIds: SQL<readonly string[]>;
} = {
  document: documents,
  shown: shownColumns,
  report: versionReports,
  externalIds: externalIdsOfDocument,
};

/** Joins each of the documents with the version that readers are told about. */
export const isShownVersion = and(
  eq(documentVersions.documentId, documents.id),
  eq(documentVersions.version, documents.shownVersion),
);

/** To the left: not every version has a report. */
export const isReportOfShown = and(
  eq(versionReports.documentId, documents.id),
  eq(versionReports.version, documents.shownVersion),
);

export interface DocumentRow {
  readonly document: typeof documents.$inferSelect;
  readonly shown: Omit<typeof documentVersions.$inferSelect, "text">;
  readonly report: VersionReportRow | null;
  readonly externalIds: readonly string[];
}

export function toStoredDocument({ document, shown, report, externalIds }: DocumentRow): StoredDocument {
  return {
    id: document.id,
    knowledgeBaseId: document.knowledgeBaseId,
    title: shown.title,
    ...(shown.fileName === null ? {} : { fileName: shown.fileName }),
    mediaType: shown.mediaType,
    bytes: shown.bytes,
    sha256: shown.sha256,
    ...(externalIds[0] === undefined ? {} : { externalId: externalIds[0] }),
    externalIds,
    version: document.liveVersion,
    status: document.status,
    progress: document.progress,
    ...(document.error === null ? {} : { error: document.error }),
    warnings: shown.warnings,
    counts: {
      passages: shown.passageCount,
      tokens: shown.tokenCount,
      pages: shown.pageCount,
      passagesReused: report?.passagesReused ?? 0,
    },
    ...(report === null || report.duplicateOf === null ? {} : { duplicateOf: report.duplicateOf }),
    ...(report === null || report.timings === null ? {} : { timingsMs: report.timings }),
    metadata: shown.metadata,
    createdAtMs: document.createdAtMs,
    updatedAtMs: document.updatedAtMs,
  };
}
