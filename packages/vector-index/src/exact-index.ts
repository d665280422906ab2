import type { VectorCollectionId, VectorIndex } from "@larder/contracts";
import { checkLevel, checkOperations, checkSearch } from "./operation-checks.ts";
import { VectorMatrix } from "./vector-matrix.ts";

interface Collection {
  readonly matrix: VectorMatrix;
  appliedSequence: number;
}

/** Exact search in this process, in memory only. For tests, tools, and as the oracle of other adapters. */
export function createExactIndex({ dimensions }: { readonly dimensions: number }): VectorIndex {
  const collections = new Map<VectorCollectionId, Collection>();
  return {
    dimensions,
    async apply(id, operations, { after }, call) {
      call.signal.throwIfAborted();
      checkOperations(operations, dimensions);
      const collection = collections.get(id) ?? { matrix: new VectorMatrix(dimensions), appliedSequence: 0 };
      checkLevel(collection.appliedSequence, after);
      collection.matrix.reserve(collection.matrix.count + operations.length);
      collections.set(id, collection);
      for (const operation of operations) {
        if (operation.sequence <= collection.appliedSequence) continue;
        if (operation.kind === "add") collection.matrix.set(operation.label, operation.vector);
        else collection.matrix.remove(operation.label);
        collection.appliedSequence = operation.sequence;
      }
    },
    async search(id, vector, options, call) {
      call.signal.throwIfAborted();
      checkSearch(vector, dimensions, options);
      const collection = collections.get(id);
      if (collection === undefined) return { hits: [], appliedSequence: 0 };
      const { matrix, appliedSequence } = collection;
      const { limit, allowed } = options;
      const hits = allowed ? matrix.searchAmong(allowed, vector, limit) : matrix.search(vector, limit);
      return { hits, appliedSequence };
    },
    async status(id, call) {
      call.signal.throwIfAborted();
      const collection = collections.get(id);
      return {
        kind: "exact",
        count: collection?.matrix.count ?? 0,
        appliedSequence: collection?.appliedSequence ?? 0,
      };
    },
    async checkpoint(_id, call) {
      call.signal.throwIfAborted();
    },
    async drop(id, call) {
      call.signal.throwIfAborted();
      collections.delete(id);
    },
    health: () => ({ name: "vector-index", state: "ok", detail: "exact search in memory" }),
    async [Symbol.asyncDispose]() {
      collections.clear();
    },
  };
}
