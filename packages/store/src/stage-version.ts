import type { DocumentId, JobId, KnowledgeBaseId, TaskPriority, Upload } from "@larder/contracts";
import { and, eq, isNull, ne } from "drizzle-orm";
import { priorityNumbers } from "./lease-tasks.ts";
import { preparedInsert } from "./prepared-statement.ts";
import { documents, documentVersions, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export type DocumentRecord = typeof documents.$inferSelect;

/** What uploads of one call share. */
export interface Staging {
  readonly queries: Queries;
  readonly ids: StoreContext["ids"];
  readonly nowMs: number;
  readonly jobId: JobId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly priority: TaskPriority;
  /** That searches see: what a sender brings is made for it. */
  readonly generation: number;
}

const insertDocumentRow = preparedInsert(documents, [
  "id",
  "knowledgeBaseId",
  "externalId",
  "shownVersion",
  "lastVersion",
  "status",
  "createdAtMs",
  "updatedAtMs",
]);

const insertVersionRow = preparedInsert(documentVersions, [
  "documentId",
  "version",
  "knowledgeBaseId",
  "sha256",
  "bytes",
  "title",
  "fileName",
  "mediaType",
  "metadata",
  "warnings",
  "createdAtMs",
  "generation",
]);

const insertTaskRow = preparedInsert(tasks, [
  "id",
  "jobId",
  "knowledgeBaseId",
  "documentId",
  "version",
  "dueAtMs",
  "createdAtMs",
  "priority",
]);

/** A document that was not here. Its first version is shown to readers while it is in the making. */
export function insertDocument(staging: Staging, upload: Upload): DocumentId {
  const { queries, ids, nowMs, knowledgeBaseId } = staging;
  const id = ids.next("document");
  insertDocumentRow(queries, {
    id,
    knowledgeBaseId,
    externalId: upload.externalId ?? null,
    shownVersion: 1,
    lastVersion: 1,
    status: "queued",
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
  insertVersion(staging, id, 1, upload);
  return id;
}

/** Puts a new version in the queue in place of whichever was in the making or had failed. The live one stays. */
export function stageNextVersion(staging: Staging, document: DocumentRecord, upload: Upload): void {
  const version = document.lastVersion + 1;
  discardUnready(staging, document);
  insertVersion(staging, document.id, version, upload);
  setQueued(staging, document, version);
}

/** Puts a failed version in the queue again, with what the sender says about it now. */
export function stageAgain(
  staging: Staging,
  document: DocumentRecord,
  version: number,
  upload: Pick<Upload, "title" | "mediaType" | "metadata" | "fileName">,
): void {
  const { title, mediaType, metadata } = upload;
  staging.queries
    .update(documentVersions)
    .set({ title, mediaType, metadata, fileName: upload.fileName ?? null })
    .where(and(eq(documentVersions.documentId, document.id), eq(documentVersions.version, version)))
    .run();
  insertTask(staging, document.id, version);
  setQueued(staging, document, version);
}

/**
 * Makes the live version of a document that has no passages anew. A newer version in the making takes its place instead:
 * that one is what the sender means. Until either is ready the document is in no answer.
 */
export function requeueLive(staging: Staging, document: DocumentRecord): void {
  const { queries, nowMs } = staging;
  const { id, liveVersion } = document;
  const live = and(eq(documentVersions.documentId, id), eq(documentVersions.version, liveVersion));
  const isReplaced = document.status !== "ready" && document.status !== "failed";
  if (isReplaced) {
    const newer = and(ofDocument(staging, id), ne(documentVersions.version, liveVersion));
    const making = queries.select({ version: documentVersions.version }).from(documentVersions).where(newer).get();
    queries
      .update(documents)
      .set({ liveVersion: 0, shownVersion: making?.version ?? document.lastVersion, updatedAtMs: nowMs })
      .where(eq(documents.id, id))
      .run();
    queries.delete(documentVersions).where(live).run();
    return;
  }
  discardUnready(staging, document);
  queries
    .update(documentVersions)
    .set({ readyAtMs: null, text: null, passageCount: 0, tokenCount: 0 })
    .where(live)
    .run();
  insertTask(staging, document.id, liveVersion);
  setQueued(staging, { ...document, liveVersion: 0 }, liveVersion);
}

/** Gives up the version that is in the making or failed, with its task; the live one is the newest again. */
export function returnToLive(staging: Staging, document: DocumentRecord): void {
  const { queries, nowMs } = staging;
  discardUnready(staging, document);
  queries
    .update(documents)
    .set({ status: "ready", progress: 1, error: null, updatedAtMs: nowMs })
    .where(eq(documents.id, document.id))
    .run();
}

/** Remembers the sender's id of a document that came without one, unless another document has it. */
export function adoptExternalId({ queries, knowledgeBaseId }: Staging, document: DocumentRecord, upload: Upload): void {
  if (upload.externalId === undefined || document.externalId !== null) return;
  const { externalId } = upload;
  const holder = queries
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.knowledgeBaseId, knowledgeBaseId), eq(documents.externalId, externalId)))
    .get();
  if (holder !== undefined) return;
  queries
    .update(documents)
    .set({ externalId })
    .where(and(eq(documents.id, document.id), isNull(documents.externalId)))
    .run();
}

/** Versions that senders know of: those of a generation in the making are none. */
export function ofDocument({ generation }: Pick<Staging, "generation">, id: DocumentRecord["id"]) {
  return and(eq(documentVersions.documentId, id), eq(documentVersions.generation, generation));
}

function discardUnready(staging: Staging, document: DocumentRecord): void {
  const unready = and(
    ofDocument(staging, document.id),
    ne(documentVersions.version, document.liveVersion), // versions start at 1, so 0 keeps none
  );
  staging.queries.delete(documentVersions).where(unready).run(); // its task goes with it
}

function insertVersion(staging: Staging, documentId: DocumentId, version: number, upload: Upload): void {
  const { sha256, bytes, title, mediaType, metadata } = upload;
  insertVersionRow(staging.queries, {
    documentId,
    version,
    knowledgeBaseId: staging.knowledgeBaseId,
    sha256,
    bytes,
    title,
    fileName: upload.fileName ?? null,
    mediaType,
    metadata,
    warnings: [],
    createdAtMs: staging.nowMs,
    generation: staging.generation,
  });
  insertTask(staging, documentId, version);
}

function insertTask(
  { queries, ids, nowMs, jobId, knowledgeBaseId, priority }: Staging,
  documentId: DocumentId,
  version: number,
): void {
  insertTaskRow(queries, {
    id: ids.next("task"),
    jobId,
    knowledgeBaseId,
    documentId,
    version,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    priority: priorityNumbers[priority],
  });
}

function setQueued({ queries, nowMs }: Staging, document: DocumentRecord, version: number): void {
  queries
    .update(documents)
    .set({
      status: "queued",
      progress: 0,
      error: null,
      liveVersion: document.liveVersion,
      lastVersion: Math.max(version, document.lastVersion),
      shownVersion: document.liveVersion === 0 ? version : document.liveVersion,
      updatedAtMs: nowMs,
    })
    .where(eq(documents.id, document.id))
    .run();
}
