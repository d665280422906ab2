import { findOptimisedBuild, libraryFolder, loadAddon } from "./native/optimised-build.ts";

/** The part of hnswlib-node that is used. Its own types would make the optional dependency a required one. */
export interface NativeGraph {
  initIndex(elementsMax: number, m: number, efConstruction: number, randomSeed: number): void;
  readIndex(file: string): Promise<boolean>;
  writeIndex(file: string): Promise<boolean>;
  addPoint(point: number[], label: number): void;
  markDelete(label: number): void;
  resizeIndex(elementsMax: number): void;
  searchKnn(point: number[], count: number): { readonly neighbors: number[] };
  setEf(ef: number): void;
  /** Every label that ever came in, deleted ones included. */
  getIdsList(): number[];
  /** Throws for a label that is unknown or deleted. */
  getPoint(label: number): number[];
  getCurrentCount(): number;
  getMaxElements(): number;
}

export interface HnswLibrary {
  readonly HierarchicalNSW: new (space: "ip", dimensions: number) => NativeGraph;
}

export interface LoadedHnswLibrary extends HnswLibrary {
  /** Which build this is, for health: `optimised for <processor>`, or `plain build` and why. */
  readonly origin: string;
}

const packageName: string = "hnswlib-node"; // a variable, so that no compiler or bundler wants it to be there

/**
 * `undefined` where the package could not be compiled at install; then exact search serves every size. Takes the build
 * that `npm run native:optimise` made for this processor, where there is one.
 */
export async function loadHnswLibrary({ preferOptimised = true } = {}): Promise<LoadedHnswLibrary | undefined> {
  try {
    const plain: { readonly default: HnswLibrary } = await import(packageName);
    const found = preferOptimised ? findOptimisedBuild(libraryFolder()) : { refusal: "as asked" };
    if ("refusal" in found) {
      return { HierarchicalNSW: plain.default.HierarchicalNSW, origin: `plain build: ${found.refusal}` };
    }
    const optimised = loadAddon(found.file) as HnswLibrary; // the same source, compiled with other flags
    return { HierarchicalNSW: optimised.HierarchicalNSW, origin: `optimised for ${found.build.processorName}` };
  } catch {
    return undefined;
  }
}
