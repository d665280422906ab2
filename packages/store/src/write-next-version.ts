import type { DocumentId } from "@larder/contracts";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import { dropNextVersion, insertNextVersion, stageRemake } from "./next-versions.ts";
import type { ReindexingRow } from "./reindexing-rows.ts";
import {
  changeLanguages,
  countDocuments,
  findReindexing,
  isOfMake,
  readDocumentRow,
  termsOfNext,
} from "./reindexing-rows.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { findReport, putReport } from "./version-report.ts";
import type { FinishPlan } from "./write-version.ts";
import { roundedTimings, writePassages, writeVersion } from "./write-version.ts";

/** What a generation in the making has of the document is what became live just now: the same passages, or a task. */
export function bringToNext(
  context: StoreContext,
  queries: Queries,
  plan: FinishPlan,
  live: { readonly knowledgeBase: KnowledgeBaseRow; readonly isNew: boolean; readonly sameText: SameText },
): void {
  const { task, version } = plan;
  const { documentId } = task;
  const { knowledgeBase, isNew, sameText } = live;
  const reindexing = findReindexing(queries, knowledgeBase.id);
  if (reindexing === undefined) return;
  dropNextVersion(context, queries, reindexing, knowledgeBase, documentId);
  if (isNew) countDocuments(queries, reindexing, { documents: 1 });
  if (!isOfMake(version, reindexing)) {
    stageRemake(context, queries, reindexing, documentId);
    return;
  }
  const next = insertNextVersion(queries, documentId, reindexing);
  writeNext(context, queries, { ...plan, task: { ...task, version: next } }, { knowledgeBase, reindexing, sameText });
}

/** A document made anew for the generation in the making. */
export function writeRemade(
  context: StoreContext,
  queries: Queries,
  planned: FinishPlan,
  knowledgeBase: KnowledgeBaseRow,
): void {
  const reindexing = findReindexing(queries, knowledgeBase.id);
  if (reindexing === undefined) return; // its tasks went with it: nobody holds one
  const { version, task } = planned;
  const { liveVersion } = readDocumentRow(queries, task.documentId);
  const former = findReport(queries, { documentId: task.documentId, version: liveVersion });
  const isSkipped = version.duplicateOf !== undefined;
  const duplicateOf = former?.textSha256 === version.textSha256 ? (former?.duplicateOf ?? null) : null;
  const plan = isSkipped ? { ...planned, passages: [] } : planned;
  writeNext(context, queries, plan, { knowledgeBase, reindexing, sameText: { isSkipped, duplicateOf } });
}

/** What a version says of another document's text. */
interface SameText {
  readonly isSkipped: boolean;
  readonly duplicateOf: DocumentId | null;
}

function writeNext(
  context: StoreContext,
  queries: Queries,
  plan: FinishPlan,
  next: { readonly knowledgeBase: KnowledgeBaseRow; readonly reindexing: ReindexingRow; readonly sameText: SameText },
): void {
  const { knowledgeBase, reindexing, sameText } = next;
  const { task, version } = plan;
  const { knowledgeBaseId, documentId } = task;
  writeVersion(queries, plan, context.clock.nowMs());
  writePassages(context, queries, plan, termsOfNext(knowledgeBase, reindexing));
  changeLanguages(queries, knowledgeBaseId, { added: plan.passages.map((passage) => passage.language) });
  putReport(queries, {
    ...{ documentId, version: task.version, knowledgeBaseId, ...sameText },
    textSha256: version.textSha256 ?? null,
    passagesReused: version.passagesReused ?? 0,
    attempts: task.attempt,
    timings: version.timingsMs === undefined ? null : roundedTimings({ ...version.timingsMs, publish: 0 }),
  });
  countDocuments(queries, reindexing, { made: 1 });
}
