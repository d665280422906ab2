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
  getCurrentCount(): number;
  getMaxElements(): number;
}

export interface HnswLibrary {
  readonly HierarchicalNSW: new (space: "ip", dimensions: number) => NativeGraph;
}

const packageName: string = "hnswlib-node"; // a variable, so that no compiler or bundler wants it to be there

/** `undefined` where the package could not be compiled at install; then exact search serves every size. */
export async function loadHnswLibrary(): Promise<HnswLibrary | undefined> {
  try {
    const loaded: { readonly default: HnswLibrary } = await import(packageName);
    return loaded.default;
  } catch {
    return undefined;
  }
}
