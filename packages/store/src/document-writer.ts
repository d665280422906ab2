import type { Acceptance, AcceptedUploads, Call, DocumentWriter, KnowledgeBaseId, Upload } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import { claimsOn, deleteClaim, findClaim, moveClaim } from "./claims.ts";
import { toStoredDocument } from "./document-row.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { endJobWithoutPending, readJob } from "./job-rows.ts";
import type { WorkInSteps } from "./long-writes.ts";
import type { Placement } from "./place-upload.ts";
import { placeReplacement, placeUpload } from "./place-upload.ts";
import { prepared, preparedInsert } from "./prepared-statement.ts";
import { removeDocument } from "./remove-document.ts";
import { documentVersions, jobDocuments, jobs } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { DocumentRecord, Staging, Tidying } from "./stage-version.ts";
import { ofDocument, stageAgain } from "./stage-version.ts";
import type { StoreContext } from "./store-context.ts";
import { tidyDocument } from "./tidy-document.ts";

/** Documents of an upload above which their transaction gives way to others. Chosen arbitrarily: some ten milliseconds. */
const uploadsInOneGo = 100;

const insertJobDocument = preparedInsert(jobDocuments, ["jobId", "position", "documentId", "outcome"]);

const placesIn = prepared((queries) =>
  queries
    .select({ documentId: jobDocuments.documentId })
    .from(jobDocuments)
    .where(eq(jobDocuments.jobId, sql.placeholder("jobId")))
    .orderBy(asc(jobDocuments.position))
    .prepare(),
);

/** Takes documents in and away; each call is one transaction. */
export function createDocumentWriter(context: StoreContext): DocumentWriter {
  const { write, writeInTurns, clock, ids } = context;

  function tidyingOf(queries: Queries, knowledgeBaseId: KnowledgeBaseId): Tidying {
    const { generation } = findKnowledgeBase(queries, knowledgeBaseId);
    return { context, queries, nowMs: clock.nowMs(), knowledgeBaseId, generation };
  }

  /** One job with the documents that `place` finds for the uploads. */
  async function acceptAll<Sent extends Pick<Upload, "priority" | "externalId">>(
    knowledgeBaseId: KnowledgeBaseId,
    uploads: readonly Sent[],
    place: (staging: Staging, upload: Sent) => Placement,
    call: Call,
  ): Promise<AcceptedUploads> {
    function* inSteps(queries: Queries, parts: Tidying["context"]): WorkInSteps<AcceptedUploads> {
      const { generation } = findKnowledgeBase(queries, knowledgeBaseId);
      const nowMs = clock.nowMs();
      const jobId = ids.next("job");
      // Counted from the start: a later upload of the same call can settle what an earlier one has pending here.
      const documentCount = uploads.length;
      queries.insert(jobs).values({ id: jobId, knowledgeBaseId, createdAtMs: nowMs, documentCount }).run();
      const placements: Placement[] = [];
      for (const [position, upload] of uploads.entries()) {
        const { priority = "normal" } = upload;
        const placement = place(
          { context: parts, queries, nowMs, jobId, knowledgeBaseId, priority, generation },
          upload,
        );
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
      // As they are written: a later upload may have taken a sender of an earlier one to another document.
      for (const [position, { documentId }] of placesIn(queries).all({ jobId }).entries()) {
        const document = toStoredDocument(findDocument(queries, knowledgeBaseId, documentId));
        const externalId = uploads[position]?.externalId;
        accepted.push({
          document,
          ...(externalId === undefined ? {} : { externalId }),
          ...(placements[position]?.isDuplicate ? { duplicateOf: documentId } : {}),
        });
        yield;
      }
      return { documents: accepted, job: readJob(queries, jobId) };
    }
    const inOneGo = () => write(call, (queries) => resultOf(inSteps(queries, context)));
    if (uploads.length <= uploadsInOneGo) return inOneGo();
    let needsTerms = false;
    const withoutTerms: Tidying["context"] = {
      ...{ ids, clock },
      get terms(): never {
        needsTerms = true;
        throw new LarderError("UNEXPECTED", { cause: "terms have one connection, and it is not this one" });
      },
    };
    try {
      return await writeInTurns(call, (queries) => inSteps(queries, withoutTerms));
    } catch (thrown) {
      // A sender has left a document that nobody else has: that one's terms go in the same transaction.
      if (!needsTerms) throw thrown;
      return inOneGo();
    }
  }

  return {
    async accept(knowledgeBaseId, uploads, call) {
      return acceptAll(knowledgeBaseId, uploads, placeUpload, call);
    },
    async replace(knowledgeBaseId, id, upload, call) {
      const place = (staging: Staging): Placement => {
        findDocument(staging.queries, knowledgeBaseId, id);
        return placeReplacement(staging, id, upload);
      };
      return acceptAll(knowledgeBaseId, [upload], place, call);
    },
    async deleteDocument(knowledgeBaseId, id, call) {
      write(call, (queries) => {
        findDocument(queries, knowledgeBaseId, id);
        for (const claim of claimsOn(queries, id)) {
          const [liveId, nextId] = [claim.liveId, claim.nextId].map((of) => (of === id ? null : of));
          if (liveId || nextId) moveClaim(queries, claim, { liveId: liveId ?? null, nextId: nextId ?? null });
        }
        removeDocument(tidyingOf(queries, knowledgeBaseId), id); // with the claims that were on nothing else
      });
    },
    async deleteExternalId(knowledgeBaseId, externalId, call) {
      write(call, (queries) => {
        const tidying = tidyingOf(queries, knowledgeBaseId);
        const claim = findClaim(queries, knowledgeBaseId, externalId);
        if (claim === undefined) throw new LarderError("DOCUMENT_NOT_FOUND", { details: { external_id: externalId } });
        deleteClaim(queries, claim);
        for (const id of new Set([claim.nextId, claim.liveId])) if (id !== null) tidyDocument(tidying, id);
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
