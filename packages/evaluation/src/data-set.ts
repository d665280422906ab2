import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LarderError } from "@larder/contracts";

export interface LabelledDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface LabelledQuery {
  readonly id: string;
  readonly text: string;
}

/** Documents, queries, and which documents answer which query. */
export interface DataSet {
  readonly name: string;
  readonly documents: readonly LabelledDocument[];
  /** Only queries that have at least one relevant document. */
  readonly queries: readonly LabelledQuery[];
  /** Gain (> 0) of each relevant document, by query id, then document id. */
  readonly relevance: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * Reads a folder in the form of BEIR: `corpus.jsonl.gz` with `{_id, title, text}`, `queries.jsonl.gz` with
 * `{_id, text}`, and `qrels.tsv` with a heading line and `query-id, corpus-id, score`.
 * @throws {@link LarderError} `DATA_SET_INVALID` naming the file
 */
export async function readDataSet(folder: string, name: string): Promise<DataSet> {
  const documents = (await readLines(folder, name, "corpus.jsonl.gz")).map((line) => {
    const row = parseRow(line, name, "corpus.jsonl.gz");
    return { id: String(row._id), title: String(row.title ?? ""), text: String(row.text ?? "") };
  });
  const relevance = readRelevance(await readLines(folder, name, "qrels.tsv"));
  const queries = (await readLines(folder, name, "queries.jsonl.gz"))
    .map((line) => parseRow(line, name, "queries.jsonl.gz"))
    .map((row) => ({ id: String(row._id), text: String(row.text ?? "") }))
    .filter((query) => relevance.has(query.id));
  if (queries.length === 0) throw invalid(name, "qrels.tsv", "no query has a relevant document");
  return { name, documents, queries, relevance };
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

async function readLines(folder: string, name: string, file: string): Promise<string[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(folder, name, file));
  } catch (cause) {
    throw invalid(name, file, "cannot be read", cause);
  }
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").filter((line) => line.trim() !== "");
}

function parseRow(line: string, name: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    throw invalid(name, file, "a line is not JSON", cause);
  }
}

function invalid(set: string, file: string, problem: string, cause?: unknown): LarderError {
  return new LarderError("DATA_SET_INVALID", { details: { set, file, problem }, cause });
}
