import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";

const rowsPerBlock = 1_000;

/** Rows of a file of float32 numbers without a header. */
export interface VectorBlock {
  /** Number of the first row. */
  readonly first: number;
  readonly count: number;
  /** Row by row; filled anew for the next block. */
  readonly values: Float32Array;
  /** Row `i` of the block, which is row `first + i` of the file. A view: copy what has to last. */
  row(i: number): Float32Array;
}

/** Reads the file a thousand rows at a time, so that a million vectors take no memory but a peer's own. */
export function* readBlocks(file: string, dimensions: number): Generator<VectorBlock> {
  const count = countRows(file, dimensions);
  const descriptor = openSync(file, "r");
  const values = new Float32Array(rowsPerBlock * dimensions);
  const bytes = new Uint8Array(values.buffer);
  try {
    for (let first = 0; first < count; first += rowsPerBlock) {
      const rows = Math.min(rowsPerBlock, count - first);
      const wanted = rows * dimensions * 4;
      const read = readSync(descriptor, bytes, 0, wanted, first * dimensions * 4);
      if (read !== wanted) throw new Error(`${file} ends early`);
      const row = (i: number): Float32Array => values.subarray(i * dimensions, (i + 1) * dimensions);
      yield { first, count: rows, values: values.subarray(0, rows * dimensions), row };
    }
  } finally {
    closeSync(descriptor);
  }
}

export function countRows(file: string, dimensions: number): number {
  return statSync(file).size / (dimensions * 4);
}

/** The whole file: for queries. */
export function readRows(file: string, dimensions: number): readonly Float32Array[] {
  const rows: Float32Array[] = [];
  for (const block of readBlocks(file, dimensions)) {
    for (let i = 0; i < block.count; i++) rows.push(block.row(i).slice());
  }
  return rows;
}

/** Writes rows as they come. */
export function writeRows(file: string, dimensions: number, rows: Iterable<Float32Array>): void {
  const descriptor = openSync(file, "w");
  const values = new Float32Array(rowsPerBlock * dimensions);
  let filled = 0;
  const flush = (): void => {
    writeSync(descriptor, new Uint8Array(values.buffer, 0, filled * dimensions * 4));
    filled = 0;
  };
  try {
    for (const row of rows) {
      values.set(row, filled * dimensions);
      filled += 1;
      if (filled === rowsPerBlock) flush();
    }
    flush();
  } finally {
    closeSync(descriptor);
  }
}
