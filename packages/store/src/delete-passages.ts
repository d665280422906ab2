import type { DocumentId, KnowledgeBaseId } from "@larder/contracts";
import { bucketOf } from "@larder/receipts";
import { and, eq, inArray, sql } from "drizzle-orm";
import { findKnowledgeBase } from "./find-rows.ts";
import type { HeldLanguages, PassageLanguage } from "./lexical/held-languages.ts";
import { holdLanguages } from "./lexical/held-languages.ts";
import type { TermsTableKey } from "./lexical/terms-table.ts";
import { documents, indexOperations, knowledgeBases, passageLeaves, passages, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export interface PassagesOfVersion {
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** Of the generation that the version is of. */
  readonly termsTable: TermsTableKey;
  readonly documentId: DocumentId;
  readonly version: number;
  /** What the knowledge base counts of the version's text: nothing where another document's passages stand for it. */
  readonly tokenCount: number;
}

/** Takes a live version out of every search, and out of the knowledge base's counts. The languages that are left. */
export function deletePassages(queries: Queries, terms: StoreContext["terms"], live: PassagesOfVersion): HeldLanguages {
  const removed = removePassages(queries, terms, live);
  const languages = holdLanguages(findKnowledgeBase(queries, live.knowledgeBaseId).languages, [], removed);
  queries
    .update(knowledgeBases)
    .set({
      languages,
      documentCount: sql`${knowledgeBases.documentCount} - 1`,
      passageCount: sql`${knowledgeBases.passageCount} - ${removed.length}`,
      tokenCount: sql`${knowledgeBases.tokenCount} - ${live.tokenCount}`,
    })
    .where(eq(knowledgeBases.id, live.knowledgeBaseId))
    .run();
  return languages;
}

/**
 * Terms, vectors and passages of a version, with a `delete` for each label in the operation log, whose `add` no reader
 * needs any more. The language of each.
 */
export function removePassages(
  queries: Queries,
  terms: StoreContext["terms"],
  live: Omit<PassagesOfVersion, "tokenCount">,
): readonly PassageLanguage[] {
  const ofVersion = and(eq(passages.documentId, live.documentId), eq(passages.version, live.version));
  const rows = queries
    .select({ label: passages.label, id: passages.id, language: passages.language })
    .from(passages)
    .where(ofVersion)
    .orderBy(passages.ordinal)
    .all();
  terms.remove(
    live.termsTable,
    rows.map(({ label }) => label),
  );
  queries.delete(passages).where(ofVersion).run(); // vectors and leaves go with them
  const { knowledgeBaseId } = live;
  const { generation } = live.termsTable;
  insertInSlices(rows, (slice) => {
    const deletes = slice.map(({ label, id }) => {
      return { knowledgeBaseId, generation, kind: "delete" as const, label, bucket: bucketOf(id) };
    });
    queries.insert(indexOperations).values(deletes).run();
  });
  return rows.map(({ language }) => language);
}

/** The bulk of a knowledge base, one statement a table instead of one cascade a row. */
export function deletePassagesOfKnowledgeBase(queries: Queries, id: KnowledgeBaseId): void {
  const ids = queries.select({ id: documents.id }).from(documents).where(eq(documents.knowledgeBaseId, id));
  const ofKnowledgeBase = inArray(passages.documentId, ids);
  const labels = queries.select({ label: passages.label }).from(passages).where(ofKnowledgeBase);
  queries.delete(vectors).where(inArray(vectors.label, labels)).run();
  queries.delete(passageLeaves).where(eq(passageLeaves.knowledgeBaseId, id)).run();
  queries.delete(passages).where(ofKnowledgeBase).run();
}

/** Rows a statement: far below SQLite's 32,766 parameters for any table here. */
const rowsPerStatement = 200;

function insertInSlices<Row>(rows: readonly Row[], insert: (slice: readonly Row[], offset: number) => void): void {
  for (let offset = 0; offset < rows.length; offset += rowsPerStatement) {
    insert(rows.slice(offset, offset + rowsPerStatement), offset);
  }
}
