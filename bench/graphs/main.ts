import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Label } from "@larder/contracts";
import { seededRandom } from "@larder/testkit";
import type { GraphLibrary, VectorGraph } from "@larder/vector-index";
import { graphParameters, hnswGraphs, loadGraphLibrary, loadHnswLibrary } from "@larder/vector-index";
import { generateVectors } from "../index/generate-vectors.ts";
import { exactNeighbours } from "../index/neighbour-statistics.ts";
import { readRows } from "../index/vector-blocks.ts";
import type { VectorStatistics } from "../index/vector-statistics.ts";
import { drawNear } from "./near-vectors.ts";

/**
 * The libraries that make graphs, each alone and in this process: how long a search takes and what it finds at the same
 * ef, on generated vectors (those of bench:index) and on vectors that are nearly the same.
 * `npm run bench:graphs -- <vectors, 100000> <questions, 1000>`
 */
const [count = 100_000, queryCount = 1_000] = process.argv.slice(2).map(Number);
const wanted = 10;
const turns = 5;
const efs = [64, 128, 224, 320, 512] as const;
const print = (line = ""): void => console.info(line);

async function libraries(): Promise<readonly GraphLibrary[]> {
  const codes = await loadGraphLibrary("codes");
  const plain = await loadHnswLibrary({ preferOptimised: false });
  const best = await loadHnswLibrary();
  const natives = [plain, best?.origin === plain?.origin ? undefined : best].flatMap((native) => native ?? []);
  return [...(codes ? [codes] : []), ...natives.map(hnswGraphs)];
}

function build(library: GraphLibrary, rows: readonly Float32Array[]): VectorGraph {
  const startMs = performance.now();
  const graph = library.create(rows[0]?.length ?? 0, rows.length, graphParameters);
  for (const [i, row] of rows.entries()) graph.add((i + 1) as Label, row);
  print(`${library.origin}: ${rows.length} added in ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
  return graph;
}

/** Share of the nearest ten that are among what the graph gives for ten; row `i` has label `i + 1`. */
function recallOf(graph: VectorGraph, queries: readonly Float32Array[], truth: Uint32Array, ef: number): number {
  let found = 0;
  for (const [q, query] of queries.entries()) {
    const labels = new Set<number>(graph.search(query, wanted, ef));
    for (const row of truth.subarray(q * wanted, (q + 1) * wanted)) if (labels.has(row + 1)) found += 1;
  }
  return found / queries.length / wanted;
}

function medianMs(graph: VectorGraph, queries: readonly Float32Array[], ef: number): number {
  return median(
    queries.map((query) => {
      const startMs = performance.now();
      graph.search(query, wanted, ef);
      return performance.now() - startMs;
    }),
  );
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

/** Each asked in turn, so that a slow moment of the machine meets all of them. */
function compare(graphs: ReadonlyMap<string, VectorGraph>, queries: readonly Float32Array[], truth: Uint32Array): void {
  print(`\n| p50 ms (recall@10) | ${efs.map((ef) => `ef ${ef}`).join(" | ")} |`);
  print(`|---|${"--:|".repeat(efs.length)}`);
  const cells = new Map([...graphs.keys()].map((name) => [name, [] as string[]]));
  for (const ef of efs) {
    const times = new Map([...graphs.keys()].map((name) => [name, [] as number[]]));
    for (let turn = 0; turn < turns; turn++) {
      for (const [name, graph] of graphs) times.get(name)?.push(medianMs(graph, queries, ef));
    }
    for (const [name, graph] of graphs) {
      const recall = recallOf(graph, queries, truth, ef).toFixed(4);
      cells.get(name)?.push(`${median(times.get(name) ?? []).toFixed(3)} (${recall})`);
    }
  }
  for (const [name, row] of cells) print(`| ${name} | ${row.join(" | ")} |`);
  print();
}

async function onGenerated(all: readonly GraphLibrary[], folder: string): Promise<void> {
  const path = new URL("../index/vector-statistics.json", import.meta.url);
  const statistics = JSON.parse(await readFile(path, "utf8")) as VectorStatistics; // as bench:index-fit wrote it
  const files = { vectors: join(folder, "vectors"), queries: join(folder, "queries") };
  generateVectors(statistics, { vectors: count, queries: queryCount }, { seed: 7, ask: "questions" }, files);
  const queries = readRows(files.queries, statistics.dimensions);
  const truth = await exactNeighbours(files.vectors, statistics.dimensions, queries, wanted);
  const rows = readRows(files.vectors, statistics.dimensions);
  compare(new Map(all.map((library) => [library.origin, build(library, rows)])), queries, truth.rows);
}

function onNear(all: readonly GraphLibrary[]): void {
  for (const noise of [0.1, 0.03, 0.01, 0.003]) {
    const { rows, queries, truth, cosine } = drawNear(noise, wanted, seededRandom(3));
    print(`10,000 vectors about ten centres, cosine of the nearest ${cosine.toFixed(6)}`);
    compare(new Map(all.map((library) => [library.origin, build(library, rows)])), queries, truth);
  }
}

const folder = await mkdtemp(join(tmpdir(), "larder-graphs-"));
try {
  const all = await libraries();
  await onGenerated(all, folder);
  onNear(all);
} finally {
  await rm(folder, { recursive: true });
}
