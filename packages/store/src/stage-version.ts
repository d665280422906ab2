import type { DocumentId, JobId, KnowledgeBaseId, TaskPriority, Upload } from "@larder/contracts";
import { and, eq, ne } from "drizzle-orm";
import { priorityNumbers } from "./lease-tasks.ts";
import { preparedInsert } from "./prepared-statement.ts";
import { documents, documentVersions, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export type DocumentRecord = typeof documents.$inferSelect;

/** What changes to the documents of one transaction share. */
export interface Tidying {
  readonly context: Pick<StoreContext, "terms" | "ids" | "clock">;
  readonly queries: Queries;
  readonly nowMs: number;
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** That searches see: what a sender brings is made for it. */
  readonly generation: number;
}

/** What uploads of one call share. */
export interface Staging extends Tidying {
  readonly jobId: JobId;
  readonly priority: TaskPriority;
}

/** Who waits for a task, and how urgently. */
interface TaskOwner {
  readonly jobId: JobId;
  readonly priority: number;
}

const insertDocumentRow = preparedInsert(documents, [
  "id",
  "knowledgeBaseId",
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
  return insertUnready(staging, upload, ownerOf(staging));
}

/** A document of which nothing is made yet; without an owner nobody is going to. */
export function insertUnready(
  tidying: Tidying,
  upload: Omit<Upload, "externalId">,
  owner: TaskOwner | undefined,
): DocumentId {
  const { context, queries, nowMs, knowledgeBaseId } = tidying;
  const id = context.ids.next("document");
  insertDocumentRow(queries, {
    id,
    knowledgeBaseId,
    shownVersion: 1,
    lastVersion: 1,
    status: "queued",
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
  insertVersion(tidying, id, 1, upload);
  if (owner !== undefined) insertTask(tidying, id, 1, owner);
  return id;
}

/** Puts a new version in the queue in place of whichever was in the making or had failed. The live one stays. */
export function stageNextVersion(staging: Staging, document: DocumentRecord, upload: Upload): void {
  const version = document.lastVersion + 1;
  discardUnready(staging, document);
  insertVersion(staging, document.id, version, upload);
  insertTask(staging, document.id, version, ownerOf(staging));
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
  insertTask(staging, document.id, version, ownerOf(staging));
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
  insertTask(staging, document.id, liveVersion, ownerOf(staging));
  setQueued(staging, { ...document, liveVersion: 0 }, liveVersion);
}

/** Gives up the version that is in the making or failed, with its task; the live one is the newest again. */
export function returnToLive(tidying: Tidying, document: DocumentRecord): void {
  const { queries, nowMs } = tidying;
  discardUnready(tidying, document);
  queries
    .update(documents)
    .set({ status: "ready", progress: 1, error: null, updatedAtMs: nowMs })
    .where(eq(documents.id, document.id))
    .run();
}

/** Versions that senders know of: those of a generation in the making are none. */
export function ofDocument({ generation }: Pick<Tidying, "generation">, id: DocumentRecord["id"]) {
  return and(eq(documentVersions.documentId, id), eq(documentVersions.generation, generation));
}

function ownerOf({ jobId, priority }: Staging): TaskOwner {
  return { jobId, priority: priorityNumbers[priority] };
}

function discardUnready(tidying: Tidying, document: DocumentRecord): void {
  const unready = and(
    ofDocument(tidying, document.id),
    ne(documentVersions.version, document.liveVersion), // versions start at 1, so 0 keeps none
  );
  tidying.queries.delete(documentVersions).where(unready).run(); // its task goes with it
}

function insertVersion(
  tidying: Tidying,
  documentId: DocumentId,
  version: number,
  upload: Omit<Upload, "externalId">,
): void {
  const { sha256, bytes, title, mediaType, metadata } = upload;
  insertVersionRow(tidying.queries, {
    documentId,
    version,
    knowledgeBaseId: tidying.knowledgeBaseId,
    sha256,
    bytes,
    title,
    fileName: upload.fileName ?? null,
    mediaType,
    metadata,
    warnings: [],
    createdAtMs: tidying.nowMs,
    generation: tidying.generation,
  });
}

function insertTask(
  { context, queries, nowMs, knowledgeBaseId }: Tidying,
  documentId: DocumentId,
  version: number,
  { jobId, priority }: TaskOwner,
): void {
  insertTaskRow(queries, {
    id: context.ids.next("task"),
    jobId,
    knowledgeBaseId,
    documentId,
    version,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    priority,
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
