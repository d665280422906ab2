import type { DocumentRange } from "./character-ranges.ts";
import { invalidDataSet, readLines, readRows } from "./data-set-files.ts";
import { readGoldSpans } from "./gold-spans.ts";

export interface LabelledDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface LabelledQuery {
  readonly id: string;
  readonly text: string;
}

/** Documents, queries, and which documents, or which stretches of them, answer which query. */
export interface DataSet {
  readonly name: string;
  /**
   * `spans`: long documents of which stretches are gold, cut into passages as in production. `documents`: each document
   * is one passage and is gold as a whole.
   */
  readonly kind: "documents" | "spans";
  readonly documents: readonly LabelledDocument[];
  /** Only queries that have at least one relevant document; in sets of spans, at least one gold span. */
  readonly queries: readonly LabelledQuery[];
  /** Gain (> 0) of each relevant document, by query id, then document id. */
  readonly relevance: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Gold stretches by query id; empty when the set names none. */
  readonly gold: ReadonlyMap<string, readonly DocumentRange[]>;
  /** Questions that no document answers; empty when the set has none. */
  readonly unanswerable: readonly LabelledQuery[];
}

/** Mean characters of a document from which on it is cut up: between paragraphs (under 1,000) and papers (20,000). */
const longDocumentCharactersMin = 4_000;

/**
 * Reads a folder in the form of BEIR: `corpus.jsonl.gz` with `{_id, title, text}`, `queries.jsonl.gz` with
 * `{_id, text}`, and `qrels.tsv` with a heading line and `query-id, corpus-id, score`; and where they exist
 * `gold.jsonl.gz` with `{query_id, doc_id, spans: [{start16, end16}]}` and `unanswerable_queries.jsonl.gz`.
 * @throws {@link LarderError} `DATA_SET_INVALID` naming the file
 */
export async function readDataSet(folder: string, name: string): Promise<DataSet> {
  const documents = (await readRows(folder, name, "corpus.jsonl.gz")).map((row) => ({
    id: String(row._id),
    title: String(row.title ?? ""),
    text: String(row.text ?? ""),
  }));
  const relevance = readRelevance(await readLines(folder, name, "qrels.tsv"));
  const gold = readGoldSpans(await readRows(folder, name, "gold.jsonl.gz", "optional"), documents, name);
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  const isLong = gold.size > 0 && characters >= longDocumentCharactersMin * documents.length;
  const labels: ReadonlyMap<string, unknown> = isLong ? gold : relevance;
  const queries = toQueries(await readRows(folder, name, "queries.jsonl.gz")).filter(({ id }) => labels.has(id));
  if (queries.length === 0) throw invalidDataSet(name, "qrels.tsv", "no query has a relevant document");
  const unanswerable = toQueries(await readRows(folder, name, "unanswerable_queries.jsonl.gz", "optional"));
  return { name, kind: isLong ? "spans" : "documents", documents, queries, relevance, gold, unanswerable };
}

/**
 * The same set with at most `queriesMax` of its queries, taken evenly from first to last so that every part of the
 * documents stays asked about, and as many unanswerable ones.
 */
export function sampleQueries(set: DataSet, queriesMax: number): DataSet {
  return {
    ...set,
    queries: evenly(set.queries, queriesMax),
    unanswerable: evenly(set.unanswerable, queriesMax),
  };
}

/** The document whose questions belong together: the first gold one. */
export function clusterOf(set: DataSet, query: LabelledQuery): string {
  return set.gold.get(query.id)?.[0]?.documentId ?? set.relevance.get(query.id)?.keys().next().value ?? query.id;
}

function evenly<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]).flatMap((value) =>
    value === undefined ? [] : [value],
  );
}

function toQueries(rows: readonly Record<string, unknown>[]): readonly LabelledQuery[] {
  return rows.map((row) => ({ id: String(row._id), text: String(row.text ?? "") }));
}

function readRelevance(lines: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const relevance = new Map<string, Map<string, number>>();
  for (const line of lines.slice(1)) {
    const [queryId = "", documentId = "", score = "0"] = line.split("\t");
    if (!(Number(score) > 0)) continue;
    const ofQuery = relevance.get(queryId) ?? new Map<string, number>();
    relevance.set(queryId, ofQuery.set(documentId, Number(score)));
  }
  return relevance;
}
