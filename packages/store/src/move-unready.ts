import type { DocumentId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, ne } from "drizzle-orm";
import type { Claim } from "./claims.ts";
import { moveClaim, showOwnWords } from "./claims.ts";
import { documents, documentVersions, jobDocuments, tasks } from "./schema/index.ts";
import type { DocumentRecord, Tidying } from "./stage-version.ts";
import { insertUnready, ofDocument } from "./stage-version.ts";

/**
 * Makes the version of a document that is in the making, or failed, a document of its own for those who wait for it. A
 * worker that is at it loses its lease, and the version is begun anew.
 */
export function moveUnready(tidying: Tidying, from: DocumentRecord, waiting: readonly Claim[]): DocumentId {
  const { queries } = tidying;
  const unready = and(ofDocument(tidying, from.id), ne(documentVersions.version, from.liveVersion));
  const row = queries
    .select({ version: documentVersions, task: tasks })
    .from(documentVersions)
    .leftJoin(
      tasks,
      and(eq(tasks.documentId, documentVersions.documentId), eq(tasks.version, documentVersions.version)),
    )
    .where(unready)
    .get();
  if (row === undefined) throw new LarderError("UNEXPECTED", { cause: "a version that somebody waits for is missing" });
  queries.delete(documentVersions).where(unready).run(); // its task goes with it
  const { fileName, ...said } = row.version;
  const upload = fileName === null ? said : { ...said, fileName };
  const id = insertUnready(tidying, upload, row.task ?? undefined);
  if (row.task === null) {
    queries.update(documents).set({ status: "failed", error: from.error }).where(eq(documents.id, id)).run();
  }
  const pending = and(eq(jobDocuments.documentId, from.id), eq(jobDocuments.outcome, "pending"));
  queries.update(jobDocuments).set({ documentId: id }).where(pending).run();
  for (const claim of waiting) moveClaim(queries, claim, { nextId: id });
  showOwnWords(queries, id);
  return id;
}
