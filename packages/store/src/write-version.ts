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
import { and, eq } from "drizzle-orm";
import { insertInSlices } from "./delete-passages.ts";
import { leafRowOf } from "./index-roots.ts";
import type { PreparedTerms, TermsTableKey } from "./lexical/terms-table.ts";
import { encodeSentences } from "./passage-sentences.ts";
import { documentVersions, indexOperations, passageLeaves, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export interface PlannedPassage {
  readonly draft: PassageDraft;
  readonly ordinal: number;
  readonly vector: Float32Array;
  readonly language: LanguageCode | undefined;
  readonly terms: PreparedTerms;
  readonly textSha256: string;
  readonly vectorSha256: string;
}

export interface FinishPlan {
  readonly task: LeasedTask;
  readonly version: FinishedVersion;
  readonly title: string;
  readonly passages: readonly PlannedPassage[];
}

/** To hundredths: a share of a group is no whole number, and more digits say nothing. */
export function roundedTimings(timings: VersionTimings): VersionTimings {
  const rounded = Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms * 100) / 100]);
  return Object.fromEntries(rounded) as VersionTimings;
}

export function writeVersion(queries: Queries, { task, version, title, passages }: FinishPlan, nowMs: number): void {
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

export function writePassages(
  context: StoreContext,
  queries: Queries,
  plan: FinishPlan,
  termsTable: TermsTableKey,
): void {
  const { generation } = termsTable;
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
      generation,
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
      leafRowOf(knowledgeBaseId, { label, passageId, generation, textSha256, vectorSha256 }),
    );
    queries.insert(passageLeaves).values(leaves).run();
    const adds = leaves.map(({ label, bucket }) => ({
      knowledgeBaseId,
      generation,
      kind: "add" as const,
      label,
      bucket,
    }));
    queries.insert(indexOperations).values(adds).run();
    context.terms.put(termsTable, labelled);
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
