import type { Label, LanguageCode, LanguageDetector, LexicalEntry, LexicalHit } from "@larder/contracts";
import type { SqliteClient } from "../sqlite-connection.ts";
import { analyse } from "./analyse.ts";
import { bestLabels, compareHits, sumsOf } from "./best-labels.ts";
import type { HeldLanguages } from "./held-languages.ts";
import type { Postings } from "./kept-postings.ts";
import { KeptPostings } from "./kept-postings.ts";
import { termLanguageOf } from "./languages.ts";
import { chooseLanguages, planQuery } from "./plan-query.ts";
import { isLoneSign } from "./script-runs.ts";
import { subtractFromTotals } from "./terms-totals.ts";

/** Raise it with every change of the terms that a text gives: stored passages are then read anew. */
const rulesVersion = 2;

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
  /** What the score of two neighbouring words of the query counts where a passage has them side by side; 0 for nothing. */
  readonly phraseWeight?: number;
  /** Postings that are kept in memory for terms of earlier queries, 16 bytes each; 0 for none. @defaultValue 4,000,000 */
  readonly keptPostingsMax?: number;
  /** Without one every text is read as English. */
  readonly detector?: LanguageDetector;
}

export interface EntryText extends Omit<LexicalEntry, "label" | "language"> {
  readonly language: LanguageCode | undefined;
}

/** An entry whose text has become terms: made before the write lock is taken. */
export interface PreparedTerms {
  readonly title: string;
  readonly heading: string;
  readonly body: string;
}

/** Whose terms: a row of `knowledge_bases` is one. */
export interface TermsTableKey {
  /** Of the knowledge base. */
  readonly number: number;
  readonly generation: number;
}

export interface LabelledTerms {
  readonly label: Label;
  readonly terms: PreparedTerms;
}

export interface TermsSearch {
  readonly limit: number;
  readonly allowed?: ReadonlySet<Label>;
  /** Of the knowledge base's passages. */
  readonly languages: HeldLanguages;
  /** Of the knowledge base. */
  readonly passageCount: number;
}

/**
 * One FTS5 table a generation of a knowledge base, so that a term's rarity and the mean length are the knowledge base's own. Contentless:
 * only the inverted index is kept. The ASCII tokenizer with our joiners as token characters takes terms as they are:
 * it splits at spaces and leaves everything above ASCII alone. Statements run in the caller's transaction.
 */
export interface TermsTable {
  /** Rules and detector together; terms made under another id may differ from today's. */
  readonly id: string;
  readonly detector: LanguageDetector | undefined;
  create(table: TermsTableKey): void;
  drop(table: TermsTableKey): void;
  prepare(entry: EntryText): PreparedTerms;
  /** Replaces what is there under these labels; of a label that comes twice the last one stays. */
  put(table: TermsTableKey, entries: readonly LabelledTerms[]): void;
  remove(table: TermsTableKey, labels: readonly Label[]): void;
  search(table: TermsTableKey, query: string, search: TermsSearch): readonly LexicalHit[];
}

/** Passages whose order phrases may change, or more where more are asked for. */
const candidatesMin = 200;

export function createTermsTable(client: SqliteClient, options: LexicalOptions = {}): TermsTable {
  const { detector, queryTermsMax = 64, phraseWeight = 0.2 } = options; // 64: chosen arbitrarily; .2: decision 0009
  const kept = new KeptPostings(options.keptPostingsMax ?? 4_000_000); // 64 MB, chosen arbitrarily
  const weights = Object.values({ ...defaultWeights, ...options.weights }).map(Number);
  const selectFrom = (table: string, among: boolean) =>
    // The unary plus keeps the planner from running the match once per allowed label.
    `SELECT rowid AS label, -bm25(${table}, ${weights.join(", ")}) AS score FROM ${table}
     WHERE ${table} MATCH :terms ${among ? "AND +rowid IN (SELECT value FROM json_each(:among))" : ""}`;

  /**
   * The records of FTS5 that every change of the table changes: its totals, and its segments with their counters.
   * @source https://www.sqlite.org/fts5.html#the_fts5_data_structure_on_disk, "averages" and "structure" records
   */
  const versionOf = (table: string): string =>
    client
      .prepare<[], string>(`SELECT group_concat(hex(block)) FROM ${table}_data WHERE id IN (1, 10)`)
      .pluck()
      .get() ?? "";

  const readPostings = (table: string, term: string): Postings => {
    const rows = client
      .prepare<unknown[], [number, number]>(selectFrom(table, false))
      .raw()
      .all({ terms: anyOf([term]) });
    const labels = new Float64Array(rows.length);
    const scores = new Float64Array(rows.length);
    for (const [i, [label, score]] of rows.entries()) {
      labels[i] = label;
      scores[i] = score;
    }
    return { labels, scores };
  };

  /** Adds to each hit what its phrases score. */
  const addPhrases = (
    table: string,
    hits: readonly LexicalHit[],
    phrases: readonly string[],
    isKept: boolean,
  ): readonly LexicalHit[] => {
    const read = (phrase: string) => readPostings(table, phrase);
    const postings = isKept ? kept.of(table, versionOf(table), phrases, read) : undefined;
    const extra =
      postings === undefined
        ? scoresAmong(table, hits, phrases)
        : sumsOf(
            postings,
            hits.map(({ label }) => label),
          );
    return hits
      .map(({ label, score }) => ({ label, score: score + (extra.get(label) ?? 0) * phraseWeight }))
      .toSorted(compareHits);
  };

  const scoresAmong = (table: string, hits: readonly LexicalHit[], phrases: readonly string[]) => {
    const select = client.prepare<unknown[], LexicalHit>(selectFrom(table, true));
    const rows = select.all({ terms: anyOf(phrases), among: JSON.stringify(hits.map(({ label }) => label)) });
    return new Map(rows.map(({ label, score }) => [label, score]));
  };

  /** From the index at a table's first search, later from kept postings: the same hits with the same scores. */
  const findHits = (table: string, terms: readonly string[], limit: number, search: TermsSearch) => {
    const { allowed, passageCount } = search;
    const postings = kept.of(table, versionOf(table), terms, (term) => readPostings(table, term));
    if (postings !== undefined) return { hits: bestLabels(postings, limit, allowed), isKept: true };
    const best = (hitsMax: number, among?: readonly Label[]) =>
      client
        .prepare<unknown[], LexicalHit>(
          `${selectFrom(table, among !== undefined)} ORDER BY score DESC, label LIMIT :limit`,
        )
        .all({
          terms: anyOf(terms),
          limit: hitsMax,
          ...(among === undefined ? {} : { among: JSON.stringify(among) }),
        });
    return { hits: bestAllowed(best, limit, allowed, passageCount), isKept: false };
  };

  return {
    id: `terms@${rulesVersion}+${detector?.id ?? "english"}`,
    detector,
    create(key) {
      client.exec(
        `CREATE VIRTUAL TABLE ${nameOf(key)} USING fts5(
          title, heading, body, content='', contentless_delete=1, tokenize="ascii tokenchars '._-+#'")`,
      );
    },
    drop(key) {
      client.exec(`DROP TABLE IF EXISTS ${nameOf(key)}`);
      kept.drop(nameOf(key));
    },
    prepare({ title, heading, text, language }) {
      const rules = termLanguageOf(language);
      const termsOf = (part: string) => analyse(part, rules).join(" ");
      return { title: termsOf(title), heading: termsOf(heading), body: termsOf(text) };
    },
    put(key, entries) {
      const last = new Map(entries.map(({ label, terms }) => [label, terms])); // one replaced here would be counted twice
      subtractFromTotals(client, nameOf(key), [...last.keys()]);
      const insert = client.prepare(
        `INSERT OR REPLACE INTO ${nameOf(key)} (rowid, title, heading, body) VALUES (?, ?, ?, ?)`,
      );
      for (const [label, terms] of last) insert.run(label, terms.title, terms.heading, terms.body);
    },
    remove(key, labels) {
      subtractFromTotals(client, nameOf(key), labels);
      const remove = client.prepare(`DELETE FROM ${nameOf(key)} WHERE rowid = ?`);
      for (const label of labels) remove.run(label);
    },
    search(key, query, search) {
      const { limit, allowed, languages } = search;
      const { terms, phrases } = planQuery(query, chooseLanguages(query, languages, detector), queryTermsMax);
      if (terms.length === 0 || allowed?.size === 0) return [];
      const table = nameOf(key);
      const hasPhrases = phraseWeight > 0 && phrases.length > 0;
      const { hits, isKept } = findHits(table, terms, hasPhrases ? Math.max(limit, candidatesMin) : limit, search);
      return hasPhrases && hits.length > 1
        ? addPhrases(table, hits, phrases, isKept).slice(0, limit)
        : hits.slice(0, limit);
    },
  };
}

/**
 * Where more than this share of the passages is allowed, more hits are asked for and the others left out here: handing
 * over the labels would take longer than the search. See docs/decisions/0008-filters.md.
 */
const wideShare = 0.5;
const wideFactor = 3; // enough hits for a share of a half, with some room for chance

/** The best hits that are allowed, whichever way is cheaper; both give the same. */
function bestAllowed(
  best: (hitsMax: number, among?: readonly Label[]) => readonly LexicalHit[],
  limit: number,
  allowed: ReadonlySet<Label> | undefined,
  passageCount: number,
): readonly LexicalHit[] {
  if (allowed === undefined) return best(limit);
  if (allowed.size > passageCount * wideShare) {
    const hits = best(limit * wideFactor);
    const fitting = hits.filter(({ label }) => allowed.has(label)).slice(0, limit);
    if (fitting.length === limit || hits.length < limit * wideFactor) return fitting; // the rest scores no better
  }
  return best(limit, [...allowed]);
}

const defaultWeights: ColumnWeights = { title: 2, heading: 2, body: 1 };

/** Terms hold no quotation mark; a quoted string means nothing to the query syntax but itself. */
function anyOf(terms: readonly string[]): string {
  return terms.map((term) => (isLoneSign(term) ? `"${term}" *` : `"${term}"`)).join(" OR ");
}

/** Numbers of the database's own: nothing that a caller sent is part of a statement. */
function nameOf({ number, generation }: TermsTableKey): string {
  const first = `passage_terms_${Math.trunc(number)}`;
  return generation === 1 ? first : `${first}_g${Math.trunc(generation)}`;
}

/** The key of a table of this name; `undefined` for other names. */
export function keyOfName(name: string): TermsTableKey | undefined {
  const [, number, generation = "1"] = /^passage_terms_(\d+)(?:_g(\d+))?$/.exec(name) ?? [];
  return number === undefined ? undefined : { number: Number(number), generation: Number(generation) };
}
