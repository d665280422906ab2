import { eq } from "drizzle-orm";
import { findReindexing } from "../reindexing-rows.ts";
import { knowledgeBases, reindexings } from "../schema/index.ts";
import type { SqliteClient, SqliteConnection } from "../sqlite-connection.ts";
import type { TermsTable } from "./terms-table.ts";
import { keyOfName } from "./terms-table.ts";

/** No rules have it: terms that are said to be made by them are made anew. */
const ofNoRules = "";

/**
 * Ways to put an empty table in the place of a table of terms that cannot be read, each for a transaction of its own. Terms are
 * derived: from then on their knowledge base counts as one of older rules, and `remakeTerms` makes them from its passages. A table
 * with broken pages cannot be dropped, only renamed. It stays: where pages are broken others may be, so health tells of it.
 */
export function termsReplacements(
  connection: SqliteConnection,
  terms: TermsTable,
): readonly ((table: string) => void)[] {
  const { client } = connection;
  const replacement = (putAway: (table: string) => void) => (table: string) => {
    putAway(table);
    makeOutdated(connection, terms, table);
  };
  return [
    replacement((table) => void client.exec(`DROP TABLE ${table}`)),
    replacement((table) => void client.exec(`ALTER TABLE ${table} RENAME TO damaged_${table}`)),
  ];
}

function makeOutdated({ db }: SqliteConnection, terms: TermsTable, table: string): void {
  const key = keyOfName(table);
  const ofNumber = eq(knowledgeBases.number, key?.number ?? 0);
  const knowledgeBase = db.select().from(knowledgeBases).where(ofNumber).get();
  if (key === undefined || knowledgeBase === undefined) return;
  const { id, generation } = knowledgeBase;
  if (key.generation === generation) {
    db.update(knowledgeBases).set({ termsId: ofNoRules, remadeDocument: null }).where(ofNumber).run();
  } else if (key.generation === findReindexing(db, id)?.generation) {
    db.update(reindexings).set({ termsId: ofNoRules }).where(eq(reindexings.knowledgeBaseId, id)).run();
  } else return; // nobody sees it any more
  terms.create(key);
}

/** Tables of terms that stay only because they cannot be dropped. */
export function countDamagedTerms(client: SqliteClient): number {
  const count =
    "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'damaged_passage_terms_*' AND sql LIKE 'CREATE VIRTUAL%'";
  return client.prepare<[], number>(count).pluck().get() ?? 0;
}
