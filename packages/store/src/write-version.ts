import type { FinishedVersion, Label, LanguageCode, LeasedTask, PassageDraft, VersionTimings } from "@larder/contracts";
import { and, eq, sql } from "drizzle-orm";
import { leafRowOf } from "./index-roots.ts";
import type { PreparedTerms, TermsTableKey } from "./lexical/terms-table.ts";
import { encodeSentences } from "./passage-sentences.ts";
import { parametersOf, prepared, preparedInsert } from "./prepared-statement.ts";
import { documentVersions, indexOperations, passageLeaves, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export interface PlannedPassage {
  readonly draft: PassageDraft;
  readonly ordinal: number;
  readonly vector: Float32Array;
  readonly reuseKey: Buffer;
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

const updateVersion = prepared((queries) =>
  queries
    .update(documentVersions)
    .set(
      parametersOf(documentVersions, [
        "title",
        "mediaType",
        "warnings",
        "passageCount",
        "tokenCount",
        "pageCount",
        "parserId",
        "splitterId",
        "readyAtMs",
        "text",
      ]),
    )
    .where(
      and(
        eq(documentVersions.documentId, sql.placeholder("ofDocument")),
        eq(documentVersions.version, sql.placeholder("ofVersion")),
      ),
    )
    .prepare(),
);

const insertPassage = preparedInsert(passages, [
  "id",
  "knowledgeBaseId",
  "documentId",
  "version",
  "ordinal",
  "headings",
  "page",
  "startOffset",
  "endOffset",
  "lead",
  "tokens",
  "language",
  "text",
  "sentences",
  "generation",
]);

const insertVector = preparedInsert(vectors, ["label", "vector", "reuseKey"]);

const insertLeaf = preparedInsert(passageLeaves, [
  "label",
  "knowledgeBaseId",
  "generation",
  "bucket",
  "passageId",
  "leaf",
]);

const insertOperation = preparedInsert(indexOperations, ["knowledgeBaseId", "generation", "kind", "label", "bucket"]);

export function writeVersion(queries: Queries, { task, version, title, passages }: FinishPlan, nowMs: number): void {
  const { text, mediaType, warnings, parserId, splitterId } = version;
  updateVersion(queries).run({
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
    ofDocument: task.documentId,
    ofVersion: task.version,
  });
}

export function writePassages(
  context: StoreContext,
  queries: Queries,
  plan: FinishPlan,
  termsTable: TermsTableKey,
): void {
  const { generation } = termsTable;
  const { knowledgeBaseId, documentId, version } = plan.task;
  const labelled = plan.passages.map((planned) => {
    const { draft, ordinal, language, vector, reuseKey, textSha256, vectorSha256, terms } = planned;
    const passageId = context.ids.next("passage");
    const label = insertPassage(queries, {
      id: passageId,
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
    }) as Label;
    insertVector(queries, { label, vector, reuseKey });
    const leaf = leafRowOf(knowledgeBaseId, { label, passageId, generation, textSha256, vectorSha256 });
    insertLeaf(queries, leaf);
    insertOperation(queries, { knowledgeBaseId, generation, kind: "add", label, bucket: leaf.bucket });
    return { label, terms };
  });
  context.terms.put(termsTable, labelled);
}
