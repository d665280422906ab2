/**
 * Prints the figures of the README and of docs/decisions/0031-index-kinds.md on this machine:
 *
 *     npm run measure -w @larder/vector-index -- <vectors> <dimensions> [graph] [<vectors file> <queries file>]
 *
 * The files hold float32 rows, as bench/index writes them; without them clustered vectors are made here.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { addOf, clusteredVectors, seededRandom } from "@larder/testkit";
import { Collection } from "../src/collection.ts";
import { codeGraphs } from "../src/graphs/codes/code-graphs.ts";
import { graphParameters } from "../src/graphs/vector-graph.ts";
import type { HostedIndex } from "../src/index.ts";
import { openVectorIndex } from "../src/index.ts";
import { measureFilters, measureLimits } from "./measure-searches.ts";
import { percentiles, print } from "./percentiles.ts";
import { call, embedderId, kb } from "./temporary-index.ts";

const [count = 10_000, dimensions = 256] = process.argv.slice(2, 4).map(Number);
const [, , , , kind, vectorFile, queryFile] = process.argv;
const withGraph = kind === "graph";
const roundTrips = 5_000; // of these the last 4,096 are in the host's own figures
const generated = vectorFile === undefined ? clusteredVectors(count + 500, dimensions, seededRandom(1)) : [];
const vectors = vectorFile === undefined ? generated.slice(0, count) : readRows(vectorFile).slice(0, count);
const queries = queryFile === undefined ? generated.slice(count) : readRows(queryFile);

function readRows(file: string): Float32Array[] {
  const bytes = readFileSync(file);
  const numbers = new Float32Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: numbers.length / dimensions }, (_, row) =>
    numbers.subarray(row * dimensions, (row + 1) * dimensions),
  );
}

print(`${count} x ${dimensions}, node ${process.version}`, cpus()[0]?.model ?? "");
const settings = { dimensions, recallTarget: 0.99, graph: graphParameters, library: codeGraphs };
const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));
const exact = new Collection({ ...settings, exactVectorsMax: 2 ** 31 });
exact.apply(operations, 0);
print("exact", await percentiles(queries, (query) => exact.search(query, 10, undefined)));
if (withGraph) measureGraph();
await measureHost("exact", 2 ** 31);
if (withGraph) await measureHost("graph", Math.min(100_000, count - 1));

function measureGraph(): void {
  const collection = new Collection({ ...settings, exactVectorsMax: Math.min(100_000, count - 1) });
  collection.apply(operations, 0);
  let startMs = performance.now();
  const seconds = (): string => `${((performance.now() - startMs) / 1_000).toFixed(1)} s`;
  while (collection.graph?.pending.size !== 0) collection.work(100);
  print("graph built in", `${seconds()}, ${codeGraphs.origin}`);
  startMs = performance.now();
  let longestMs = 0;
  while (collection.hasWork) {
    const sliceStartMs = performance.now();
    collection.work(8);
    longestMs = Math.max(longestMs, performance.now() - sliceStartMs);
  }
  const { ef, recall } = collection.status();
  print("ef chosen", `${ef}, recall ${recall?.toFixed(4)}, in ${seconds()}, longest slice ${longestMs.toFixed(1)} ms`);
  measureLimits(collection, queries);
  measureFilters(collection, queries);
}

async function measureHost(name: string, exactVectorsMax: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "larder-measure-"));
  const options = { folder: join(folder, "vectors"), dimensions, embedderId, exactVectorsMax };
  const policy = { checkpointOperations: 2 ** 31, checkpointIdleMs: 2 ** 30 };
  let index = await openVectorIndex({ ...options, ...policy }, call);
  const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const startMs = performance.now();
    await work();
    print(`host, ${name}: ${what}`, `${(performance.now() - startMs).toFixed(0)} ms`);
  };
  await timed("apply in pages of 1,000", () => applyAll(index));
  await timed("built and measured", () => built(index, name));
  const asked = Array.from(
    { length: roundTrips },
    (_, i) => queries[i % queries.length] ?? new Float32Array(dimensions),
  );
  print(`host, ${name}: search`, await percentiles(asked, (query) => index.search(kb, query, { limit: 10 }, call)));
  for (const { p50Ms, p99Ms } of await index.searchTimes(call)) {
    print(`host, ${name}: of that inside`, `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
  }
  await timed("checkpoint", () => index.checkpoint(kb, call));
  await index.close();
  index = await openVectorIndex({ ...options, ...policy }, call);
  await timed("verify and load the checkpoint", () => index.status(kb, call));
  await index.close();
  await rm(folder, { recursive: true });
}

async function built(index: HostedIndex, name: string): Promise<void> {
  while (name === "graph" && (await index.status(kb, call)).ef === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function applyAll(index: HostedIndex): Promise<void> {
  for (let start = 0; start < count; start += 1_000) {
    await index.apply(kb, operations.slice(start, start + 1_000), { after: start }, call);
  }
}
