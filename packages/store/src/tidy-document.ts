import type { DocumentId, LeasedTask } from "@larder/contracts";
import { claimsOn, claimsWaitingFor, moveClaim, showOwnWords } from "./claims.ts";
import { findKnowledgeBase } from "./find-rows.ts";
import { settleDocument } from "./job-rows.ts";
import { moveUnready } from "./move-unready.ts";
import { readDocumentRow } from "./reindexing-rows.ts";
import { removeDocument } from "./remove-document.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { Tidying } from "./stage-version.ts";
import { returnToLive } from "./stage-version.ts";
import type { StoreContext } from "./store-context.ts";

/**
 * To be called when a claim has left a document or come to it, in the same transaction. Afterwards:
 * - a document without claims is gone, also out of every search;
 * - a live text is there only for those who have it, and a version in the making only for those who wait for it;
 * - a version in the making takes the place of a live one only where everybody who has that waits for it.
 *
 * @param heir - The document that the claim left for, if any.
 */
export function tidyDocument(tidying: Tidying, id: DocumentId, heir?: DocumentId): void {
  const { queries, nowMs } = tidying;
  const claims = claimsOn(queries, id);
  if (claims.length === 0) {
    removeDocument(tidying, id, heir);
    return;
  }
  showOwnWords(queries, id);
  const document = readDocumentRow(queries, id);
  if (document.liveVersion === 0) return;
  const having = claims.filter(({ liveId }) => liveId === id);
  const waiting = claims.filter(({ nextId }) => nextId === id);
  if (having.length === 0) {
    const other = moveUnready(tidying, document, waiting);
    removeDocument(tidying, id, heir ?? other);
  } else if (waiting.length === 0) {
    if (document.status === "ready") return;
    returnToLive(tidying, document);
    settleDocument(queries, id, { outcome: "ready" }, nowMs);
  } else if (having.some(({ nextId }) => nextId !== id)) {
    moveUnready(tidying, document, waiting);
    returnToLive(tidying, document);
  }
}

/** Gives those who waited for a version that is live now its text, in the transaction that made it live. */
export function settleClaims(
  context: StoreContext,
  queries: Queries,
  { knowledgeBaseId, documentId }: LeasedTask,
): void {
  const left = new Set<DocumentId>();
  for (const claim of claimsWaitingFor(queries, documentId)) {
    moveClaim(queries, claim, { liveId: documentId, nextId: null });
    if (claim.liveId !== null && claim.liveId !== documentId) left.add(claim.liveId);
  }
  if (left.size === 0) return;
  const { generation } = findKnowledgeBase(queries, knowledgeBaseId);
  const tidying = { context, queries, nowMs: context.clock.nowMs(), knowledgeBaseId, generation };
  for (const id of left) tidyDocument(tidying, id, documentId);
}
