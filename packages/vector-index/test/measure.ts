/**
 * Prints the figures of the README and of docs/decisions/0003-vector-index.md on this machine:
 *
 *     npm run measure -w @larder/vector-index -- <vectors> <dimensions> [graph]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { Label, VectorIndex } from "@larder/contracts";
import { addOf, asLabel, clusteredVectors, seededRandom } from "@larder/testkit";
import { graphParameters, HnswGraph } from "../src/hnsw-graph.ts";
import { loadHnswLibrary } from "../src/hnsw-library.ts";
import { openVectorIndex } from "../src/index.ts";
import { VectorMatrix } from "../src/vector-matrix.ts";
import { call, embedderId, kb } from "./temporary-index.ts";

const [count = 10_000, dimensions = 256] = process.argv.slice(2, 4).map(Number);
const withGraph = process.argv[4] === "graph";
const random = seededRandom(1);
const vectors = clusteredVectors(count + 300, dimensions, random);
const queries = vectors.splice(count);
const print = (what: string, figure: string): void => void process.stdout.write(`${what.padEnd(44)} ${figure}\n`);

async function percentiles(search: (query: Float32Array) => unknown): Promise<string> {
  for (const query of queries.slice(0, 30)) await search(query);
  const times: number[] = [];
  for (const query of queries) {
    const startMs = performance.now();
    await search(query);
    times.push(performance.now() - startMs);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

print(`${count} x ${dimensions}, node ${process.version}`, cpus()[0]?.model ?? "");
const matrix = new VectorMatrix(dimensions);
for (const [i, vector] of vectors.entries()) matrix.set(asLabel(i + 1), vector);
print("exact", await percentiles((query) => matrix.search(query, 10)));
const tenth = matrix.labels.filter((label) => label % 10 === 0);
print("exact among a tenth of the labels", await percentiles((query) => matrix.searchAmong(tenth, query, 10)));
if (withGraph) await measureGraph();
await measureHost();

async function measureGraph(): Promise<void> {
  const library = await loadHnswLibrary();
  if (library === undefined) return print("graph", "hnswlib-node is not installed");
  for (const efSearch of [64, graphParameters.efSearch]) {
    const graph = HnswGraph.create(library, dimensions, count, { ...graphParameters, efSearch });
    const startMs = performance.now();
    for (const label of matrix.labels) graph.add(label, matrix.row(label));
    print("graph built in", `${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    const search = (query: Float32Array): readonly { readonly label: Label }[] =>
      matrix.searchAmong(
        graph.search(query, 10).map((neighbor) => asLabel(neighbor)),
        query,
        10,
      );
    print(`graph, efSearch ${efSearch}, re-scored`, await percentiles(search));
    const found = queries.map((query) => {
      const exact = new Set(matrix.search(query, 10).map((hit) => hit.label));
      return search(query).filter((hit) => exact.has(hit.label)).length;
    });
    print("recall@10", (found.reduce((sum, n) => sum + n, 0) / queries.length / 10).toFixed(4));
  }
}

async function measureHost(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "larder-measure-"));
  const options = { folder: join(folder, "vectors"), dimensions, embedderId, exactVectorsMax: 2 ** 31 };
  let index = await openVectorIndex(options, call);
  const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const startMs = performance.now();
    await work();
    print(what, `${(performance.now() - startMs).toFixed(0)} ms`);
  };
  await timed("host: apply in pages of 1,000", () => applyAll(index));
  print("host: search", await percentiles((query) => index.search(kb, query, { limit: 10 }, call)));
  await timed("host: checkpoint", () => index.checkpoint(kb, call));
  await index.close();
  index = await openVectorIndex(options, call);
  await timed("host: verify and load the checkpoint", () => index.status(kb, call));
  await index.close();
  await rm(folder, { recursive: true });
}

async function applyAll(index: VectorIndex): Promise<void> {
  for (let start = 0; start < count; start += 1_000) {
    const page = vectors.slice(start, start + 1_000);
    await index.apply(
      kb,
      page.map((vector, i) => addOf(start + i + 1, start + i + 1, vector)),
      { after: start },
      call,
    );
  }
}
