import type { FinishedVersion, LeasedTask } from "@larder/contracts";
import { contextText, LarderError } from "@larder/contracts";
import { sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, eq, sql } from "drizzle-orm";
import { checkVectors } from "./check-vectors.ts";
import { deletePassages } from "./delete-passages.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { reuseKeyOf } from "./held-vectors.ts";
import { holdLanguages } from "./lexical/held-languages.ts";
import { planLanguages } from "./lexical/plan-languages.ts";
import { parametersOf, prepared } from "./prepared-statement.ts";
import { findReindexing } from "./reindexing-rows.ts";
import { findSameText, releaseDuplicates } from "./same-text.ts";
import { documents, documentVersions, knowledgeBases } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { putReport } from "./version-report.ts";
import { bringToNext, writeRemade } from "./write-next-version.ts";
import type { FinishPlan } from "./write-version.ts";
import { roundedTimings, writePassages, writeVersion } from "./write-version.ts";

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
      reuseKey: reuseKeyOf(task, version.embedderId, sha256Hex(contextText(title, draft.headings, draft.text))),
      textSha256: sha256Hex(draft.text),
      vectorSha256: sha256OfVector(vector),
      language,
      terms: terms.prepare({ title, heading: draft.headings.join(" "), text: draft.text, language }),
    };
  });
  return { task, version, title, passages: planned };
}

const countDocument = prepared((queries) =>
  queries
    .update(knowledgeBases)
    .set({
      ...parametersOf(knowledgeBases, ["embedderId", "languages"]),
      documentCount: sql`${knowledgeBases.documentCount} + 1`,
      passageCount: sql`${knowledgeBases.passageCount} + ${sql.placeholder("passages")}`,
      tokenCount: sql`${knowledgeBases.tokenCount} + ${sql.placeholder("tokens")}`,
    })
    .where(eq(knowledgeBases.id, sql.placeholder("knowledgeBaseId")))
    .prepare(),
);

const showReady = prepared((queries) =>
  queries
    .update(documents)
    .set({
      ...parametersOf(documents, ["liveVersion", "shownVersion", "updatedAtMs"]),
      status: "ready",
      progress: 1,
      error: null,
    })
    .where(eq(documents.id, sql.placeholder("ofDocument")))
    .prepare(),
);

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
  const expected =
    task.remadeFor === undefined ? knowledgeBase.embedderId : findReindexing(queries, knowledgeBaseId)?.embedderId;
  if (typeof expected === "string" && expected !== embedderId) {
    throw new LarderError("EMBEDDER_MISMATCH", { details: { expected, actual: embedderId } });
  }
  const { textSha256 } = version;
  const original =
    textSha256 === undefined ? undefined : findSameText(queries, { knowledgeBaseId, documentId, textSha256 });
  if (task.remadeFor !== undefined) {
    writeRemade(context, queries, planned, knowledgeBase);
    return true;
  }
  if (version.duplicateOf !== undefined && original === undefined) return false;
  const isSkipped = original !== undefined && version.onSameText === "skip";
  const plan = isSkipped ? { ...planned, passages: [] } : planned;
  const { document, shown, report: former } = findDocument(queries, knowledgeBaseId, documentId);
  const { liveVersion } = document;
  const hadSameText = liveVersion > 0 && former?.textSha256 === textSha256 && !isSkipped;
  // A new version of the same text stays the one that others repeat: those are not what it repeats in turn.
  const duplicateOf = (hadSameText ? former?.duplicateOf : original) ?? null;
  const nowMs = context.clock.nowMs();
  let { languages } = knowledgeBase;
  if (liveVersion > 0) {
    languages = deletePassages(queries, context.terms, {
      knowledgeBaseId,
      termsTable: knowledgeBase,
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
  writePassages(context, queries, plan, knowledgeBase);
  countDocument(queries).run({
    knowledgeBaseId,
    embedderId,
    languages: holdLanguages(
      languages,
      plan.passages.map((passage) => passage.language),
    ),
    passages: plan.passages.length,
    tokens: isSkipped ? 0 : version.tokens,
  });
  const live = { liveVersion: task.version, shownVersion: task.version };
  showReady(queries).run({ ofDocument: documentId, ...live, updatedAtMs: nowMs });
  putReport(queries, {
    ...{ documentId, version: task.version, knowledgeBaseId, isSkipped },
    textSha256: textSha256 ?? null,
    duplicateOf,
    passagesReused: version.passagesReused ?? 0,
    attempts: task.attempt,
    timings: version.timingsMs === undefined ? null : roundedTimings({ ...version.timingsMs, publish: publishMs() }),
  });
  bringToNext(context, queries, plan, {
    ...{ knowledgeBase, isNew: liveVersion === 0 },
    sameText: { isSkipped, duplicateOf },
  });
  if (liveVersion > 0 && former !== null && !hadSameText) releaseDuplicates(context, queries, former);
  return true;
}
