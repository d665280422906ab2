import type { IndexOperation, Label } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

/** Operations as four typed arrays: a thousand small objects with a vector each cross between processes slowly. */
export interface PackedOperations {
  readonly sequences: Float64Array;
  readonly labels: Uint32Array;
  /** 1 for an `add`, 0 for a `delete`. */
  readonly isAdd: Uint8Array;
  /** One row of `dimensions` for each `add`, in order. */
  readonly vectors: Float32Array;
}

/** The operations were checked: labels are in range and vectors have `dimensions` numbers. */
export function packOperations(operations: readonly IndexOperation[], dimensions: number): PackedOperations {
  const vectors = operations.flatMap((operation) => (operation.kind === "add" ? [operation.vector] : []));
  const matrix = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) matrix.set(vector, row * dimensions);
  return {
    sequences: Float64Array.from(operations, ({ sequence }) => sequence),
    labels: Uint32Array.from(operations, ({ label }) => label),
    isAdd: Uint8Array.from(operations, ({ kind }) => (kind === "add" ? 1 : 0)),
    vectors: matrix,
  };
}

/** @throws {@link LarderError} `UNEXPECTED` when there are more or fewer vectors than the kinds say */
export function unpackOperations(packed: PackedOperations, dimensions: number): IndexOperation[] {
  const adds = packed.isAdd.reduce((sum, kind) => sum + (kind === 0 ? 0 : 1), 0);
  if (packed.vectors.length !== adds * dimensions) {
    throw new LarderError("UNEXPECTED", { cause: "operations came with another number of vectors than they name" });
  }
  let offset = 0;
  return Array.from(packed.sequences, (sequence, i): IndexOperation => {
    const label = packed.labels[i] as Label; // went in as a label
    if (packed.isAdd[i] === 0) return { sequence, kind: "delete", label };
    offset += dimensions;
    return { sequence, kind: "add", label, vector: packed.vectors.subarray(offset - dimensions, offset) };
  });
}
