import type {
  Acceptance,
  AcceptedUploads,
  Call,
  DocumentId,
  DocumentWriter,
  KnowledgeBaseId,
  Upload,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, ne, sql } from "drizzle-orm";
import { deletePassages } from "./delete-passages.ts";
import { toStoredDocument } from "./document-row.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { endJobWithoutPending, leaveJobs, readJob, settleDocument } from "./job-rows.ts";
import type { WorkInSteps } from "./long-writes.ts";
import { leaveReindexing } from "./next-versions.ts";
import { prepared, preparedInsert } from "./prepared-statement.ts";
import { releaseDuplicates } from "./same-text.ts";
import { documents, documentVersions, jobDocuments, jobs } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { DocumentRecord, Staging } from "./stage-version.ts";
import {
  adoptExternalId,
  insertDocument,
  ofDocument,
  returnToLive,
  stageAgain,
  stageNextVersion,
} from "./stage-version.ts";
import type { StoreContext } from "./store-context.ts";

/** What one upload came to. `isPending`: something still has to be made before its document is ready. */
interface Placement {
  readonly documentId: DocumentId;
  readonly isDuplicate: boolean;
  readonly isPending: boolean;
}

/** Documents of an upload above which their transaction gives way to others. Chosen arbitrarily: some ten milliseconds. */
const uploadsInOneGo = 100;

const insertJobDocument = preparedInsert(jobDocuments, ["jobId", "position", "documentId", "outcome"]);

/** Takes documents in and away; each call is one transaction. */
export function createDocumentWriter(context: StoreContext): DocumentWriter {
  const { write, writeInTurns, terms, clock, ids } = context;

  /** One job with the documents that `place` finds for the uploads. */
  async function acceptAll<Sent extends Pick<Upload, "priority">>(
    knowledgeBaseId: KnowledgeBaseId,
    uploads: readonly Sent[],
    place: (staging: Staging, upload: Sent) => Placement,
    call: Call,
  ): Promise<AcceptedUploads> {
    function* inSteps(queries: Queries): WorkInSteps<AcceptedUploads> {
      const { generation } = findKnowledgeBase(queries, knowledgeBaseId);
      const nowMs = clock.nowMs();
      const jobId = ids.next("job");
      // Counted from the start: a later upload of the same call can settle what an earlier one has pending here.
      const documentCount = uploads.length;
      queries.insert(jobs).values({ id: jobId, knowledgeBaseId, createdAtMs: nowMs, documentCount }).run();
      const placements: Placement[] = [];
      for (const [position, upload] of uploads.entries()) {
        const { priority = "normal" } = upload;
        const placement = place({ queries, ids, nowMs, jobId, knowledgeBaseId, priority, generation }, upload);
        const outcome = placement.isPending ? "pending" : "ready";
        insertJobDocument(queries, { jobId, position, documentId: placement.documentId, outcome });
        placements.push(placement);
        yield;
      }
      const readyCount = placements.filter(({ isPending }) => !isPending).length;
      queries
        .update(jobs)
        .set({ readyCount: sql`${jobs.readyCount} + ${readyCount}` })
        .where(eq(jobs.id, jobId))
        .run();
      endJobWithoutPending(queries, jobId, nowMs);
      const accepted: Acceptance[] = [];
      for (const { documentId, isDuplicate } of placements) {
        const document = toStoredDocument(findDocument(queries, knowledgeBaseId, documentId));
        accepted.push({ document, ...(isDuplicate ? { duplicateOf: documentId } : {}) });
        yield;
      }
      return { documents: accepted, job: readJob(queries, jobId) };
    }
    if (uploads.length > uploadsInOneGo) return await writeInTurns(call, inSteps);
    return write(call, (queries) => resultOf(inSteps(queries)));
  }

  return {
    async accept(knowledgeBaseId, uploads, call) {
      return acceptAll(knowledgeBaseId, uploads, placeUpload, call);
    },
    async replace(knowledgeBaseId, id, upload, call) {
      const place = (staging: Staging): Placement => {
        const { document } = findDocument(staging.queries, knowledgeBaseId, id);
        const holder = findHolder(staging, upload.sha256);
        if (holder === undefined) return placeNextVersion(staging, document, upload);
        if (holder.document.id === id) return placeSameBytes(staging, holder, upload, true);
        throw new LarderError("DOCUMENT_CONFLICT", { details: { document_id: holder.document.id } });
      };
      return acceptAll(knowledgeBaseId, [upload], place, call);
    },
    async deleteDocument(knowledgeBaseId, id, call) {
      write(call, (queries) => {
        const { document, shown, report } = findDocument(queries, knowledgeBaseId, id);
        if (document.liveVersion > 0) {
          const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
          const { liveVersion: version } = document;
          leaveReindexing(context, queries, knowledgeBase, id);
          deletePassages(queries, terms, {
            knowledgeBaseId,
            termsTable: knowledgeBase,
            documentId: id,
            version,
            tokenCount: report?.isSkipped === true ? 0 : shown.tokenCount,
          });
        }
        const waitingJobs = leaveJobs(queries, id);
        queries.delete(documents).where(eq(documents.id, id)).run(); // versions, task and places in jobs go with it
        for (const jobId of waitingJobs) endJobWithoutPending(queries, jobId, clock.nowMs());
        if (report !== null && document.liveVersion > 0) releaseDuplicates(context, queries, report);
      });
    },
    async retry(knowledgeBaseId, id, priority, call) {
      const place = (staging: Staging): Placement => {
        const { queries } = staging;
        const { document } = findDocument(queries, knowledgeBaseId, id);
        if (document.status !== "failed") {
          throw new LarderError("DOCUMENT_NOT_FAILED", { details: { document_id: id, status: document.status } });
        }
        stageAgain(staging, document, ...failedVersionOf(staging, document));
        return { documentId: id, isDuplicate: false, isPending: true };
      };
      return acceptAll(knowledgeBaseId, [{ priority }], place, call);
    },
  };
}

/** All steps at once. */
function resultOf<T>(steps: WorkInSteps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The version that failed, with what its sender said of it. */
function failedVersionOf(staging: Staging, document: DocumentRecord): [number, Omit<Upload, "sha256" | "bytes">] {
  const { version, title, mediaType, metadata, fileName } = documentVersions;
  const unready = and(ofDocument(staging, document.id), ne(version, document.liveVersion));
  const row = staging.queries
    .select({ version, title, mediaType, metadata, fileName })
    .from(documentVersions)
    .where(unready)
    .get();
  if (row === undefined) throw new LarderError("UNEXPECTED", { cause: "a failed document has no failed version" });
  const { version: failed, fileName: name, ...said } = row;
  return [failed, name === null ? said : { ...said, fileName: name }];
}

interface Holder {
  readonly document: DocumentRecord;
  readonly version: number;
}

const selectHolder = prepared((queries) =>
  queries
    .select({ document: documents, version: documentVersions.version })
    .from(documentVersions)
    .innerJoin(documents, eq(documents.id, documentVersions.documentId))
    .where(
      and(
        eq(documentVersions.knowledgeBaseId, sql.placeholder("knowledgeBaseId")),
        eq(documentVersions.generation, sql.placeholder("generation")),
        eq(documentVersions.sha256, sql.placeholder("sha256")),
      ),
    )
    .prepare(),
);

/** The document that has these bytes, live, in the making or failed. */
function findHolder({ queries, knowledgeBaseId, generation }: Staging, sha256: string): Holder | undefined {
  return selectHolder(queries).get({ knowledgeBaseId, generation, sha256 });
}

const selectNamed = prepared((queries) =>
  queries
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.knowledgeBaseId, sql.placeholder("knowledgeBaseId")),
        eq(documents.externalId, sql.placeholder("externalId")),
      ),
    )
    .prepare(),
);

/** Same bytes first, then the sender's id, else a new document. */
function placeUpload(staging: Staging, upload: Upload): Placement {
  const { queries, knowledgeBaseId } = staging;
  const holder = findHolder(staging, upload.sha256);
  if (holder !== undefined) {
    const isMeant = upload.externalId !== undefined && upload.externalId === holder.document.externalId;
    adoptExternalId(staging, holder.document, upload);
    return placeSameBytes(staging, holder, upload, isMeant);
  }
  const { externalId } = upload;
  const named = externalId === undefined ? undefined : selectNamed(queries).get({ knowledgeBaseId, externalId });
  if (named !== undefined) return placeNextVersion(staging, named, upload);
  return { documentId: insertDocument(staging, upload), isDuplicate: false, isPending: true };
}

function placeNextVersion(staging: Staging, document: DocumentRecord, upload: Upload): Placement {
  stageNextVersion(staging, document, upload);
  return { documentId: document.id, isDuplicate: false, isPending: true };
}

/**
 * Bytes that are here. Failed ones are tried again. Live ones need nothing, but when the sender means this document
 * (`isMeant`) and a newer version is in the making or failed, that one is given up: the last word of the sender counts.
 */
function placeSameBytes(staging: Staging, { document, version }: Holder, upload: Upload, isMeant: boolean): Placement {
  const documentId = document.id;
  if (version === document.liveVersion) {
    if (isMeant && document.status !== "ready") {
      returnToLive(staging, document);
      settleDocument(staging.queries, documentId, { outcome: "ready" }, staging.nowMs);
    }
    return { documentId, isDuplicate: true, isPending: false };
  }
  if (document.status !== "failed") return { documentId, isDuplicate: true, isPending: true };
  stageAgain(staging, document, version, upload);
  return { documentId, isDuplicate: false, isPending: true };
}
