import type { IndexOperation, VectorAuditRequest, VectorSearchOptions } from "@larder/contracts";
import { LarderError, labelMax } from "@larder/contracts";
import { squaredNorm } from "./vector-matrix.ts";

/**
 * Everything that later code, native code above all, takes for granted. hnswlib ends the process on a wrong length and
 * silently stores NaN or truncates a label.
 * @throws {@link LarderError} `INDEX_VECTOR_INVALID`
 */
function checkVector(vector: Float32Array, dimensions: number): void {
  if (!(vector instanceof Float32Array)) throw invalid("not a Float32Array");
  if (vector.length !== dimensions) throw invalid("wrong length", { dimensions, length: vector.length });
  const norm = squaredNorm(vector);
  if (!Number.isFinite(norm)) throw invalid("not finite");
  if (norm === 0) throw invalid("zero");
}

/** @throws {@link LarderError} `INDEX_VECTOR_INVALID`, `UNEXPECTED` when a label or a sequence breaks the log's rules */
export function checkOperations(operations: readonly IndexOperation[], dimensions: number): void {
  for (const { sequence, label } of operations) {
    if (!Number.isSafeInteger(sequence) || sequence < 1) throw defect("a sequence is out of range", sequence);
    if (!Number.isInteger(label) || label < 1 || label > labelMax) throw defect("a label is out of range", label);
  }
  for (const operation of operations) if (operation.kind === "add") checkVector(operation.vector, dimensions);
}

/** @throws {@link LarderError} `INDEX_BEHIND` when operations between the two would be left out */
export function checkLevel(appliedSequence: number, after: number): void {
  if (after > appliedSequence) throw new LarderError("INDEX_BEHIND", { details: { appliedSequence, after } });
}

export function checkSearch(vector: Float32Array, dimensions: number, { limit }: VectorSearchOptions): void {
  checkVector(vector, dimensions);
  if (!Number.isInteger(limit) || limit < 1) throw defect("the limit is not a positive integer", limit);
}

const auditQueriesMax = 100;

export function checkAudit({ samples, queries }: VectorAuditRequest, dimensions: number): void {
  for (const { vector } of samples) checkVector(vector, dimensions);
  if (!Number.isInteger(queries) || queries < 0 || queries > auditQueriesMax) {
    throw defect("the number of queries is out of range", queries);
  }
}

function invalid(problem: string, details: Readonly<Record<string, number>> = {}): LarderError {
  return new LarderError("INDEX_VECTOR_INVALID", { details: { problem, ...details } });
}

function defect(problem: string, value: number): LarderError {
  return new LarderError("UNEXPECTED", { details: { problem, value } });
}
