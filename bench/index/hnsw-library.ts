import { createRequire } from "node:module";

export interface BareGraph {
  initIndex(elementsMax: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(point: readonly number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(point: readonly number[], count: number): { readonly neighbors: readonly number[] };
  writeIndexSync(file: string): void;
  readIndexSync(file: string): void;
}

interface Library {
  readonly HierarchicalNSW: new (space: "ip", dimensions: number) => BareGraph;
}

/** The build that npm makes. Larder's dependency, so that there is one. */
const require = createRequire(new URL("../../packages/vector-index/package.json", import.meta.url));
const { HierarchicalNSW } = require("hnswlib-node") as Library;

/** Inner products of unit vectors: their order is that of cosines. */
export function createBareGraph(dimensions: number): BareGraph {
  return new HierarchicalNSW("ip", dimensions);
}
