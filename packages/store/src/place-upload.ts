import type { DocumentId, Upload } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, sql } from "drizzle-orm";
import type { Claim } from "./claims.ts";
import { claimsOn, findClaim, insertClaim, moveClaim, newestOf, saidOf } from "./claims.ts";
import { moveUnready } from "./move-unready.ts";
import { prepared } from "./prepared-statement.ts";
import { readDocumentRow } from "./reindexing-rows.ts";
import { documents, documentVersions } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { DocumentRecord, Staging } from "./stage-version.ts";
import { insertDocument, stageAgain, stageNextVersion } from "./stage-version.ts";
import { tidyDocument } from "./tidy-document.ts";

/** What one upload came to. `isPending`: something still has to be made before its document is ready. */
export interface Placement {
  readonly documentId: DocumentId;
  readonly isDuplicate: boolean;
  readonly isPending: boolean;
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

/** Same bytes first, then the sender's id, else a new document. */
export function placeUpload(staging: Staging, upload: Upload): Placement {
  const { queries, knowledgeBaseId } = staging;
  const holder = findHolder(staging, upload.sha256);
  if (upload.externalId !== undefined) {
    return placeFor(staging, findClaim(queries, knowledgeBaseId, upload.externalId), upload, holder);
  }
  return placeFor(staging, holder === undefined ? undefined : findUnnamed(queries, holder), upload, holder);
}

/** Senders without an id that have these bytes, or wait for them: one more of them is no change. */
function findUnnamed(queries: Queries, { document: { id, liveVersion }, version }: Holder): Claim | undefined {
  const place = version === liveVersion ? [null] : [null, id];
  return claimsOn(queries, id).find(
    (claim) => claim.externalId === null && newestOf(claim) === id && place.includes(claim.nextId),
  );
}

/**
 * An upload that is to take the place of this document. Whose bytes change is said by its external id; without one it is
 * the only sender that the document has.
 * @throws {@link LarderError} `DOCUMENT_SHARED`, `DOCUMENT_CONFLICT`
 */
export function placeReplacement(staging: Staging, id: DocumentId, upload: Upload): Placement {
  const { queries, knowledgeBaseId } = staging;
  const claims = claimsOn(queries, id);
  const { externalId } = upload;
  const named = externalId === undefined ? undefined : findClaim(queries, knowledgeBaseId, externalId);
  if (named !== undefined) {
    if (claims.some(({ number }) => number === named.number)) {
      return placeFor(staging, named, upload, findHolder(staging, upload.sha256));
    }
    throw new LarderError("DOCUMENT_CONFLICT", { details: { document_id: newestOf(named) ?? id } });
  }
  const holder = findHolder(staging, upload.sha256);
  if (holder !== undefined && holder.document.id !== id) {
    throw new LarderError("DOCUMENT_CONFLICT", { details: { document_id: holder.document.id } });
  }
  const [only, second] = claims;
  if (second !== undefined) {
    throw new LarderError("DOCUMENT_SHARED", { details: { document_id: id, senders: claims.length } });
  }
  const placement = placeFor(staging, only, upload, holder);
  // A name that is new shares what was just placed.
  if (externalId !== undefined) placeUpload(staging, upload);
  return placement;
}

function placeFor(staging: Staging, claim: Claim | undefined, upload: Upload, holder: Holder | undefined): Placement {
  if (holder === undefined) {
    return { documentId: stageBytes(staging, claim, upload), isDuplicate: false, isPending: true };
  }
  const { document, version } = holder;
  const { id } = document;
  const isOwn = claim !== undefined && newestOf(claim) === id;
  const said = isOwn ? claim.said : saidOf(upload);
  if (version === document.liveVersion) {
    goTo(staging, claim, upload, { liveId: id, nextId: null, said });
    return { documentId: id, isDuplicate: true, isPending: false };
  }
  const isAgain = document.status === "failed";
  if (isAgain) stageAgain(staging, document, version, upload);
  const isLiveAgain = claim?.liveId === id && document.liveVersion === 0; // its text is made anew
  const to = isLiveAgain ? { nextId: null } : { nextId: id };
  goTo(staging, claim, upload, { liveId: claim?.liveId ?? null, ...to, said: isAgain ? null : said });
  return { documentId: id, isDuplicate: !isAgain, isPending: true };
}

type Place = Pick<Claim, "liveId" | "nextId" | "said">;

/** Bytes that are nowhere: a version of the document that is the sender's alone, or else a new document. */
function stageBytes(staging: Staging, claim: Claim | undefined, upload: Upload): DocumentId {
  const { queries } = staging;
  const others = (id: DocumentId) => claimsOn(queries, id).filter(({ number }) => number !== claim?.number);
  const { liveId = null, nextId = null } = claim ?? {};
  if (liveId !== null) {
    const sharing = others(liveId);
    // Who waits for the version in the making has nothing of the live one.
    if (sharing.every((other) => other.nextId === liveId && other.liveId !== liveId)) {
      if (sharing.length > 0) moveUnready(staging, readDocumentRow(queries, liveId), sharing);
      return stageOn(staging, claim, liveId, upload);
    }
  }
  if (nextId !== null && nextId !== liveId && others(nextId).length === 0) {
    return stageOn(staging, claim, nextId, upload);
  }
  const id = insertDocument(staging, upload);
  goTo(staging, claim, upload, { liveId, nextId: id, said: null });
  return id;
}

function stageOn(staging: Staging, claim: Claim | undefined, id: DocumentId, upload: Upload): DocumentId {
  stageNextVersion(staging, readDocumentRow(staging.queries, id), upload);
  goTo(staging, claim, upload, { liveId: claim?.liveId ?? null, nextId: id, said: null });
  return id;
}

/** Takes the sender to its new place, and makes the documents sound that it has come to and left. */
function goTo(staging: Staging, claim: Claim | undefined, upload: Upload, place: Place): void {
  const { queries, knowledgeBaseId } = staging;
  if (claim === undefined) {
    insertClaim(queries, { knowledgeBaseId, externalId: upload.externalId ?? null, ...place });
  } else {
    moveClaim(queries, claim, place);
  }
  const to = place.nextId ?? place.liveId;
  if (to === null) return;
  if (place.nextId === null) tidyDocument(staging, to);
  for (const id of new Set([claim?.nextId, claim?.liveId])) {
    if (id !== null && id !== undefined && id !== to) tidyDocument(staging, id, to);
  }
}
