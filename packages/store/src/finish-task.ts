import type { FinishedVersion, Label, LanguageCode, LeasedTask, PassageDraft } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, sql } from "drizzle-orm";
import { checkVectors } from "./check-vectors.ts";
import { deletePassages, insertInSlices } from "./delete-passages.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { holdLanguages } from "./lexical/held-languages.ts";
import { planLanguages } from "./lexical/plan-languages.ts";
import type { PreparedTerms } from "./lexical/terms-table.ts";
import { encodeSentences } from "./passage-sentences.ts";
import { documents, documentVersions, indexOperations, knowledgeBases, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

interface PlannedPassage {
  readonly draft: PassageDraft;
  readonly ordinal: number;
  readonly vector: Float32Array;
  readonly language: LanguageCode | undefined;
  readonly terms: PreparedTerms;
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
    return {
      draft,
      ordinal,
      vector: matrix.subarray(ordinal * dimensions, (ordinal + 1) * dimensions),
      language,
      terms: terms.prepare({ title, heading: draft.headings.join(" "), text: draft.text, language }),
    };
  });
  return { task, version, title, passages: planned };
}

/**
 * Makes a version live in the caller's transaction, in place of the one that was.
 * @throws {@link LarderError} `EMBEDDER_MISMATCH`
 */
export function writeFinish(context: StoreContext, queries: Queries, plan: FinishPlan): void {
  const { task, version } = plan;
  const { knowledgeBaseId, documentId } = task;
  const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
  const { embedderId } = version;
  if (knowledgeBase.embedderId !== null && knowledgeBase.embedderId !== embedderId) {
    throw new LarderError("EMBEDDER_MISMATCH", { details: { expected: knowledgeBase.embedderId, actual: embedderId } });
  }
  const { document, shown } = findDocument(queries, knowledgeBaseId, documentId);
  const { liveVersion } = document;
  const nowMs = context.clock.nowMs();
  if (liveVersion > 0) {
    deletePassages(queries, context.terms, {
      knowledgeBaseId,
      knowledgeBaseNumber: knowledgeBase.number,
      documentId,
      version: liveVersion,
      tokenCount: shown.tokenCount,
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
      tokenCount: sql`${knowledgeBases.tokenCount} + ${version.tokens}`,
    })
    .where(eq(knowledgeBases.id, knowledgeBaseId))
    .run();
  const live = { liveVersion: task.version, shownVersion: task.version };
  queries
    .update(documents)
    .set({ ...live, status: "ready", progress: 1, error: null, updatedAtMs: nowMs })
    .where(eq(documents.id, documentId))
    .run();
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
      .returning({ label: passages.label, ordinal: passages.ordinal })
      .all();
    const labelOf = new Map(inserted.map(({ label, ordinal }) => [ordinal, label]));
    const labelled = slice.map((passage) => ({ ...passage, label: labelAt(labelOf, passage.ordinal) }));
    queries
      .insert(vectors)
      .values(labelled.map(({ label, vector }) => ({ label, vector })))
      .run();
    const adds = labelled.map(({ label }) => ({ knowledgeBaseId, kind: "add" as const, label }));
    queries.insert(indexOperations).values(adds).run();
    context.terms.put(knowledgeBaseNumber, labelled);
  });
}

/** RETURNING promises no order, so labels are found by what they belong to. */
function labelAt(labelOf: ReadonlyMap<number, Label>, ordinal: number): Label {
  const label = labelOf.get(ordinal);
  if (label === undefined) throw new LarderError("UNEXPECTED");
  return label;
}
