import { and, eq } from "drizzle-orm";
import { documents, documentVersions, versionReports } from "./schema/index.ts";

/** Joins a document with the version of it that searches see; with none while it has none. */
export const isLiveVersion = and(
  eq(documentVersions.documentId, documents.id),
  eq(documentVersions.version, documents.liveVersion),
);

/** Joins a document with the report on that version. */
export const isLiveReport = and(
  eq(versionReports.documentId, documents.id),
  eq(versionReports.version, documents.liveVersion),
);
