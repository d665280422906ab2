import { join } from "node:path";
import type { Embedder } from "@larder/contracts";
import { contextText } from "@larder/contracts";
import { openOnnxEmbedder } from "@larder/embedder";
import { clusterOf, ndcgAt, readDataSet } from "@larder/evaluation";
import { bootstrapDifference, differencesOf, mean } from "@larder/statistics";
import { openSqliteStore } from "@larder/store";
import { addReady, createCountingIds, createKnowledgeBaseIn, createManualClock } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { withFolder } from "../smoke/larder-parts.ts";
import { fromInt8, toInt8 } from "./int8.ts";

/**
 * What the database would lose and save by vectors of a byte a value: nDCG@10 of dense search alone with its 95 %
 * interval, and bytes on disk. `npm run bench:vector-storage -- <folder of sets> [set …]`
 */
const [folder, ...named] = process.argv.slice(2);
if (folder === undefined) throw new Error("Which folder has the sets?");
const sets = named.length > 0 ? named : ["scifact", "cranfield", "squad2-dev-half", "hotpotqa-100", "codebase-chunks"];
const call = { signal: new AbortController().signal };
const rescored = 100; // candidates of the first pass that are compared anew
const storedDocuments = 2_000;

type Rank = (query: Float32Array) => readonly number[];

await using embedder = await openOnnxEmbedder();
const { dimensions } = embedder;
for (const name of sets) await measureLoss(name);
await measureBytes();

async function measureLoss(name: string): Promise<void> {
  const set = await readDataSet(folder ?? "", name);
  const passages = await embedAll(
    embedder,
    set.documents.map(({ title, text }) => contextText(title, [], text)),
    "bulk",
  );
  const queries = await embedAll(
    embedder,
    set.queries.map(({ text }) => text),
    "query",
  );
  const kept = passages.map((vector) => fromInt8(toInt8(vector)));
  const exact: Rank = (query) => nearest(query, passages, 10);
  const int8Alone: Rank = (query) => nearest(query, kept, 10);
  const int8First: Rank = (query) => nearest(query, passages, 10, nearest(fromInt8(toInt8(query)), kept, rescored));
  const scoresOf = (rank: Rank) =>
    set.queries.map(({ id }, i) => {
      const ranking = rank(queries[i] ?? new Float32Array(dimensions)).map((row) => set.documents[row]?.id ?? "");
      return ndcgAt(10, ranking, set.relevance.get(id) ?? new Map());
    });
  const float32 = scoresOf(exact);
  const clusters = set.queries.map((query) => clusterOf(set, query));
  const arms = { "int8 alone": int8Alone, "int8, rescored by float32": int8First };
  const print = (words: string) => console.log(`${name.padEnd(16)} ${words}`);
  print(
    `${set.documents.length} documents, ${set.queries.length} queries; float32: nDCG@10 ${mean(float32).toFixed(4)}`,
  );
  for (const [arm, rank] of Object.entries(arms)) {
    const { mean: loss, low, high } = bootstrapDifference(differencesOf(scoresOf(rank), float32, clusters));
    print(`  ${arm.padEnd(26)} ${points(loss)} points of nDCG@10 [${points(low)}, ${points(high)}]`);
  }
}

function points(share: number): string {
  return `${share < 0 ? "" : "+"}${(100 * share).toFixed(3)}`;
}

async function embedAll(of: Embedder, texts: readonly string[], lane: "bulk" | "query"): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let i = 0; i < texts.length; i += 200) {
    const rows = await of.embed(texts.slice(i, i + 200), lane, call);
    for (let at = 0; at < rows.length; at += of.dimensions) vectors.push(rows.slice(at, at + of.dimensions));
  }
  return vectors;
}

/** Rows of the nearest, best first. */
function nearest(
  query: Float32Array,
  vectors: readonly Float32Array[],
  limit: number,
  among: readonly number[] = vectors.map((_, row) => row),
): readonly number[] {
  const scored = among.map((row) => ({ row, score: dot(query, vectors[row] ?? query) }));
  return scored
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, limit)
    .map(({ row }) => row);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Of a real database, table by table, and of the same vectors as bytes. */
async function measureBytes(): Promise<void> {
  const set = await readDataSet(folder ?? "", sets[0] ?? "");
  const documents = set.documents.slice(0, storedDocuments);
  const texts = documents.map(({ text }) => text.replaceAll("\n", " "));
  const vectors = await embedAll(embedder, texts, "bulk");
  await withFolder(async (path) => {
    const file = join(path, "larder.sqlite");
    const store = await openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds() });
    const id = await createKnowledgeBaseIn(store.documents);
    for (const [i, text] of texts.entries()) {
      const finished = { vectors: vectors[i] ?? new Float32Array(dimensions), dimensions, embedderId: embedder.id };
      await addReady(store.documents, id, `${text} ${i}`, { finished });
    }
    await store.close();
    const client = new Sqlite(file);
    client.exec("CREATE TABLE vectors_int8 (label INTEGER PRIMARY KEY, vector BLOB NOT NULL, reuse_key BLOB)");
    const insert = client.prepare("INSERT INTO vectors_int8 SELECT label, ?, reuse_key FROM vectors WHERE label = ?");
    for (const [i, label] of client.prepare<[], number>("SELECT label FROM vectors").pluck().all().entries()) {
      const { values, scale } = toInt8(vectors[i] ?? new Float32Array(dimensions));
      insert.run(Buffer.concat([Buffer.from(Float32Array.of(scale).buffer), Buffer.from(values.buffer)]), label);
    }
    client.exec("VACUUM");
    const bytesOf = (where: string) =>
      (client.prepare<[], number>(`SELECT sum(pgsize) FROM dbstat WHERE ${where}`).pluck().get() ?? 0) / texts.length;
    const whole = bytesOf("name <> 'vectors_int8'");
    const [float32, int8] = [bytesOf("name = 'vectors'"), bytesOf("name = 'vectors_int8'")];
    console.log(`\nbytes on disk for each of ${texts.length} passages (${sets[0]}, ${dimensions} dimensions)`);
    console.log(`database ${whole.toFixed(0)}; vectors as float32 ${float32.toFixed(0)}, as int8 ${int8.toFixed(0)}`);
    console.log(`a database with int8: ${(100 * (1 - (float32 - int8) / whole)).toFixed(0)} % of one with float32`);
    client.close();
  });
}
