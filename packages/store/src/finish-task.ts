import type {
  FinishedVersion,
  Label,
  LanguageCode,
  LeasedTask,
  PassageDraft,
  PassageId,
  VersionTimings,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, eq, sql } from "drizzle-orm";
import { checkVectors } from "./check-vectors.ts";
import { deletePassages, insertInSlices } from "./delete-passages.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { leafRowOf } from "./index-roots.ts";
import { holdLanguages } from "./lexical/held-languages.ts";
import { planLanguages } from "./lexical/plan-languages.ts";
import type { PreparedTerms } from "./lexical/terms-table.ts";
import { encodeSentences } from "./passage-sentences.ts";
import { findSameText, releaseDuplicates } from "./same-text.ts";
import {
  documents,
  documentVersions,
  indexOperations,
  knowledgeBases,
  passageLeaves,
  passages,
  vectors,
} from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { putReport } from "./version-report.ts";

interface PlannedPassage {
  readonly draft: PassageDraft;
  readonly ordinal: number;
  readonly vector: Float32Array;
  readonly language: LanguageCode | undefined;
  readonly terms: PreparedTerms;
  readonly textSha256: string;
  readonly vectorSha256: string;
}

interface FinishPlan {
  readonly task: LeasedTask;
  readonly version: FinishedVersion;
  readonly title: string;
  readonly passages: readonly PlannedPassage[];
}

/**
 * Everything that can be worked out without the database.
 * @throws {@link LarderError} `INDEX_VECTOR_INVALID`
 */
export function planFinish({ terms }: StoreContext, task: LeasedTask, version: FinishedVersion): FinishPlan {
  const { passages: drafts, vectors: matrix, dimensions } = version;
  checkVectors(matrix, drafts.length, dimensions);
  const title = version.title ?? task.title;
  const languages = planLanguages(
    drafts.map((draft) => draft.text),
    terms.detector,
  );
  const planned = drafts.map((draft, ordinal) => {
    const language = languages[ordinal];
    const vector = matrix.subarray(ordinal * dimensions, (ordinal + 1) * dimensions);
    return {
      draft,
      ordinal,
      vector,
      textSha256: sha256Hex(draft.text),
      vectorSha256: sha256OfVector(vector),
      language,
      terms: terms.prepare({ title, heading: draft.headings.join(" "), text: draft.text, language }),
    };
  });
  return { task, version, title, passages: planned };
}

/**
 * Makes a version live in the caller's transaction, in place of the one that was. `false`, and nothing written, when it
 * came without passages and the document that it was to lean on is not there any more.
 * @throws {@link LarderError} `EMBEDDER_MISMATCH`
 */
export function writeFinish(
  context: StoreContext,
  queries: Queries,
  planned: FinishPlan,
  publishMs: () => number,
): boolean {
  const { task, version } = planned;
  const { knowledgeBaseId, documentId } = task;
  const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
  const { embedderId } = version;
  if (knowledgeBase.embedderId !== null && knowledgeBase.embedderId !== embedderId) {
    throw new LarderError("EMBEDDER_MISMATCH", { details: { expected: knowledgeBase.embedderId, actual: embedderId } });
  }
  const { textSha256 } = version;
  const original =
    textSha256 === undefined ? undefined : findSameText(queries, { knowledgeBaseId, documentId, textSha256 });
  if (version.duplicateOf !== undefined && original === undefined) return false;
  const isSkipped = original !== undefined && version.onSameText === "skip";
  const plan = isSkipped ? { ...planned, passages: [] } : planned;
  const { document, shown, report: former } = findDocument(queries, knowledgeBaseId, documentId);
  const { liveVersion } = document;
  const nowMs = context.clock.nowMs();
  if (liveVersion > 0) {
    deletePassages(queries, context.terms, {
      knowledgeBaseId,
      knowledgeBaseNumber: knowledgeBase.number,
      documentId,
      version: liveVersion,
      tokenCount: former?.isSkipped === true ? 0 : shown.tokenCount,
    });
    queries
      .delete(documentVersions)
      .where(and(eq(documentVersions.documentId, documentId), eq(documentVersions.version, liveVersion)))
      .run();
  }
  writeVersion(queries, plan, nowMs);
  writePassages(context, queries, plan, knowledgeBase.number);
  queries
    .update(knowledgeBases)
    .set({
      embedderId,
      languages: holdLanguages(
        knowledgeBase.languages,
        plan.passages.map((passage) => passage.language),
      ),
      documentCount: sql`${knowledgeBases.documentCount} + 1`,
      passageCount: sql`${knowledgeBases.passageCount} + ${plan.passages.length}`,
      tokenCount: sql`${knowledgeBases.tokenCount} + ${isSkipped ? 0 : version.tokens}`,
    })
    .where(eq(knowledgeBases.id, knowledgeBaseId))
    .run();
  const live = { liveVersion: task.version, shownVersion: task.version };
  queries
    .update(documents)
    .set({ ...live, status: "ready", progress: 1, error: null, updatedAtMs: nowMs })
    .where(eq(documents.id, documentId))
    .run();
  putReport(queries, {
    ...{ documentId, version: task.version, knowledgeBaseId, isSkipped },
    textSha256: textSha256 ?? null,
    duplicateOf: original ?? null,
    passagesReused: version.passagesReused ?? 0,
    attempts: task.attempt,
    timings: version.timingsMs === undefined ? null : roundedTimings({ ...version.timingsMs, publish: publishMs() }),
  });
  const hadSameText = former?.textSha256 === textSha256 && !isSkipped;
  if (liveVersion > 0 && former !== null && !hadSameText) releaseDuplicates(context, queries, former);
  return true;
}

/** To hundredths: a share of a group is no whole number, and more digits say nothing. */
function roundedTimings(timings: VersionTimings): VersionTimings {
  const rounded = Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms * 100) / 100]);
  return Object.fromEntries(rounded) as VersionTimings;
}

function writeVersion(queries: Queries, { task, version, title, passages }: FinishPlan, nowMs: number): void {
  const { text, mediaType, warnings, parserId, splitterId } = version;
  queries
    .update(documentVersions)
    .set({
      title,
      mediaType,
      warnings,
      passageCount: passages.length,
      tokenCount: version.tokens,
      pageCount: version.pages,
      parserId,
      splitterId,
      readyAtMs: nowMs,
      text,
    })
    .where(and(eq(documentVersions.documentId, task.documentId), eq(documentVersions.version, task.version)))
    .run();
}

function writePassages(context: StoreContext, queries: Queries, plan: FinishPlan, knowledgeBaseNumber: number): void {
  const { knowledgeBaseId, documentId, version } = plan.task;
  insertInSlices(plan.passages, (slice) => {
    const rows = slice.map(({ draft, ordinal, language }) => ({
      id: context.ids.next("passage"),
      knowledgeBaseId,
      documentId,
      version,
      ordinal,
      headings: draft.headings,
      page: draft.page ?? null,
      startOffset: draft.start,
      endOffset: draft.end,
      lead: draft.lead,
      tokens: draft.tokens,
      language: language ?? null,
      text: draft.text,
      sentences: encodeSentences(draft.sentences),
    }));
    const inserted = queries
      .insert(passages)
      .values(rows)
      .returning({ label: passages.label, ordinal: passages.ordinal, id: passages.id })
      .all();
    const insertedOf = new Map(inserted.map((row) => [row.ordinal, row]));
    const labelled = slice.map((passage) => ({ ...passage, ...insertedAt(insertedOf, passage.ordinal) }));
    queries
      .insert(vectors)
      .values(labelled.map(({ label, vector }) => ({ label, vector })))
      .run();
    const leaves = labelled.map(({ id: passageId, label, textSha256, vectorSha256 }) =>
      leafRowOf(knowledgeBaseId, { label, passageId, textSha256, vectorSha256 }),
    );
    queries.insert(passageLeaves).values(leaves).run();
    const adds = leaves.map(({ label, bucket }) => ({ knowledgeBaseId, kind: "add" as const, label, bucket }));
    queries.insert(indexOperations).values(adds).run();
    context.terms.put(knowledgeBaseNumber, labelled);
  });
}

interface InsertedPassage {
  readonly label: Label;
  readonly id: PassageId;
}

/** RETURNING promises no order, so rows are found by what they belong to. */
function insertedAt(insertedOf: ReadonlyMap<number, InsertedPassage>, ordinal: number): InsertedPassage {
  const inserted = insertedOf.get(ordinal);
  if (inserted === undefined) throw new LarderError("UNEXPECTED");
  return { label: inserted.label, id: inserted.id };
}
