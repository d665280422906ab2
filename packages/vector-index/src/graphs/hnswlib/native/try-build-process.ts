/**
 * Entry of a child process: `node try-build-process <plain addon> <optimised addon>`. Ends with 0 when both find the same
 * neighbours, each in the graph that it built. In a process of its own, because code for another processor ends it.
 */
import type { HnswLibrary, NativeGraph } from "../hnsw-library.ts";
import { loadAddon } from "./optimised-build.ts";

const dimensions = 64;
const count = 2_000;
const queries = 200;
const neighbours = 10;
const differencesMax = 2; // sums in another order differ in their last bits, which may swap two of equal distance

function vectorOf(number: number): number[] {
  return Array.from({ length: dimensions }, (_, i) => Math.sin(number * 12.9898 + i * 78.233 + number * i * 0.37));
}

function build(file: string): NativeGraph {
  const { HierarchicalNSW } = loadAddon(file) as HnswLibrary; // one of the two that were just compiled
  const graph = new HierarchicalNSW("ip", dimensions);
  graph.initIndex(count, 16, 100, 100);
  for (let label = 0; label < count; label++) graph.addPoint(vectorOf(label), label);
  graph.setEf(count);
  return graph;
}

const [plain = "", optimised = ""] = process.argv.slice(2);
const graphs = [build(plain), build(optimised)];
let differences = 0;
for (let query = 0; query < queries; query++) {
  const [a, b] = graphs.map((graph) => graph.searchKnn(vectorOf(count + query), neighbours).neighbors.join());
  if (a !== b) differences += 1;
}
process.exitCode = differences > differencesMax ? 1 : 0;
