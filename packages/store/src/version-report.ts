import type { LeasedTask } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

export type VersionReportRow = typeof versionReports.$inferSelect;

export function putReport(queries: Queries, report: typeof versionReports.$inferInsert): void {
  const { documentId: _id, version: _version, ...set } = report;
  const target = [versionReports.documentId, versionReports.version];
  queries.insert(versionReports).values(report).onConflictDoUpdate({ target, set }).run();
}

export function findReport(
  queries: Queries,
  { documentId, version }: Pick<VersionReportRow, "documentId" | "version">,
): VersionReportRow | undefined {
  return queries
    .select()
    .from(versionReports)
    .where(and(eq(versionReports.documentId, documentId), eq(versionReports.version, version)))
    .get();
}

/** Of a version that came to nothing: how often it was tried. */
export function reportFailure(queries: Queries, { documentId, version, knowledgeBaseId, attempt }: LeasedTask): void {
  putReport(queries, { documentId, version, knowledgeBaseId, attempts: attempt });
}
