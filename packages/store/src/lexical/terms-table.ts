import type { Label, LexicalEntry, LexicalHit, LexicalSearchOptions } from "@larder/contracts";
import type { SqliteClient } from "../sqlite-connection.ts";
import { analyse } from "./analyse.ts";
import { english } from "./languages.ts";

/** Weight of a term's occurrences by where they stand; the length of a passage counts them all alike. */
export interface ColumnWeights {
  readonly title: number;
  readonly heading: number;
  readonly body: number;
}

export interface LexicalOptions {
  readonly weights?: ColumnWeights;
  /** Distinct terms of one query; the rest of a longer one is not looked up. */
  readonly queryTermsMax?: number;
}

/** An entry whose text has become terms: made before the write lock is taken. */
export interface PreparedTerms {
  readonly title: string;
  readonly heading: string;
  readonly body: string;
}

/**
 * One FTS5 table a knowledge base, so that a term's rarity and the mean length are the knowledge base's own. Contentless:
 * only the inverted index is kept. The ASCII tokenizer with our joiners as token characters takes terms as they are:
 * it splits at spaces and leaves everything above ASCII alone. Statements run in the caller's transaction.
 */
export interface TermsTable {
  create(knowledgeBaseNumber: number): void;
  drop(knowledgeBaseNumber: number): void;
  prepare(entry: Omit<LexicalEntry, "label">): PreparedTerms;
  /** Replaces what is there under these labels. */
  put(knowledgeBaseNumber: number, entries: readonly { readonly label: Label; readonly terms: PreparedTerms }[]): void;
  remove(knowledgeBaseNumber: number, labels: readonly Label[]): void;
  search(
    knowledgeBaseNumber: number,
    query: string,
    options: LexicalSearchOptions & { readonly passageCount: number },
  ): readonly LexicalHit[];
}

export function createTermsTable(client: SqliteClient, options: LexicalOptions = {}): TermsTable {
  const weights = Object.values({ ...defaultWeights, ...options.weights }).map(Number);
  const queryTermsMax = options.queryTermsMax ?? 64; // chosen arbitrarily
  const score = (table: string) => `bm25(${table}, ${weights.join(", ")})`;
  const termsOf = (text: string) => analyse(text, english);

  return {
    create(number) {
      client.exec(
        `CREATE VIRTUAL TABLE ${nameOf(number)} USING fts5(
          title, heading, body, content='', contentless_delete=1, tokenize="ascii tokenchars '._-+#'")`,
      );
    },
    drop(number) {
      client.exec(`DROP TABLE IF EXISTS ${nameOf(number)}`);
    },
    prepare({ title, heading, text }) {
      return { title: termsOf(title).join(" "), heading: termsOf(heading).join(" "), body: termsOf(text).join(" ") };
    },
    put(number, entries) {
      const insert = client.prepare(
        `INSERT OR REPLACE INTO ${nameOf(number)} (rowid, title, heading, body) VALUES (?, ?, ?, ?)`,
      );
      for (const { label, terms } of entries) insert.run(label, terms.title, terms.heading, terms.body);
    },
    remove(number, labels) {
      const remove = client.prepare(`DELETE FROM ${nameOf(number)} WHERE rowid = ?`);
      for (const label of labels) remove.run(label);
    },
    search(number, query, { limit, allowed, passageCount }) {
      const terms = [...new Set(termsOf(query))].slice(0, queryTermsMax);
      if (terms.length === 0 || allowed?.size === 0) return [];
      const table = nameOf(number);
      const best = (hitsMax: number, among = "", labels: readonly Label[] = []) =>
        client
          .prepare<unknown[], LexicalHit>(
            `SELECT rowid AS label, -${score(table)} AS score FROM ${table}
             WHERE ${table} MATCH :terms ${among} ORDER BY score DESC, label LIMIT :limit`,
          )
          .all({
            terms: terms.map((term) => `"${term}"`).join(" OR "),
            limit: hitsMax,
            ...(among === "" ? {} : { allowed: JSON.stringify(labels) }),
          });
      if (allowed === undefined) return best(limit);
      if (allowed.size > passageCount * wideShare) {
        const hits = best(limit * wideFactor);
        const fitting = hits.filter(({ label }) => allowed.has(label)).slice(0, limit);
        if (fitting.length === limit || hits.length < limit * wideFactor) return fitting; // the rest scores no better
      }
      // The unary plus keeps the planner from running the match once per allowed label.
      return best(limit, "AND +rowid IN (SELECT value FROM json_each(:allowed))", [...allowed]);
    },
  };
}

/**
 * Where more than this share of the passages is allowed, more hits are asked for and the others left out here: handing
 * over the labels would take longer than the search. See docs/decisions/0008-filters.md.
 */
const wideShare = 0.5;
const wideFactor = 3; // enough hits for a share of a half, with some room for chance

const defaultWeights: ColumnWeights = { title: 2, heading: 2, body: 1 };

/** A number of the database's own: nothing that a caller sent is part of a statement. */
function nameOf(knowledgeBaseNumber: number): string {
  return `passage_terms_${Math.trunc(knowledgeBaseNumber)}`;
}
