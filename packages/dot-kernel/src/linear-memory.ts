export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages and detaches every view of `buffer`. */
  grow(pages: number): number;
}

/** The part of the standard that is used here: TypeScript declares it for browsers only. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => LinearMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly larder: { readonly memory: LinearMemory } },
  ) => { readonly exports: object };
};

export const memoryPageBytes = 65_536;
export const memoryPagesMax = 65_536; // 4 GiB, what a 32-bit address reaches

export function createLinearMemory(pages: number): LinearMemory {
  return new WebAssembly.Memory({ initial: pages, maximum: memoryPagesMax });
}

/** Gives each memory its instance of one module, which is assembled when the first is wanted. */
export function instanceMaker(assemble: () => Uint8Array): (memory: LinearMemory) => object {
  let compiled: object | undefined;
  return (memory) => {
    compiled ??= new WebAssembly.Module(assemble());
    return new WebAssembly.Instance(compiled, { larder: { memory } }).exports;
  };
}
