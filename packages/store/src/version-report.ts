import type { LeasedTask } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { parametersOf, prepared } from "./prepared-statement.ts";
import { versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

export type VersionReportRow = typeof versionReports.$inferSelect;

/** What a report says of its version. */
const reported = [
  "knowledgeBaseId",
  "textSha256",
  "duplicateOf",
  "isSkipped",
  "passagesReused",
  "timings",
  "attempts",
] as const;

const upsertReport = prepared((queries) => {
  const keys = ["documentId", "version", ...reported] as const;
  const target = [versionReports.documentId, versionReports.version];
  return queries
    .insert(versionReports)
    .values(parametersOf(versionReports, keys))
    .onConflictDoUpdate({ target, set: parametersOf(versionReports, reported) })
    .prepare();
});

export function putReport(queries: Queries, report: VersionReportRow): void {
  upsertReport(queries).run(report);
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
  const target = [versionReports.documentId, versionReports.version];
  const set = { knowledgeBaseId, attempts: attempt };
  queries
    .insert(versionReports)
    .values({ documentId, version, ...set })
    .onConflictDoUpdate({ target, set })
    .run();
}
