import type { IndexOperation, IndexOperationLog, VectorIndex } from "@larder/contracts";
import { createExactIndex } from "../src/exact-index.ts";
import { createFollowedIndex } from "../src/follow-operation-log.ts";

export const axis = (i: number): Float32Array => new Float32Array(4).fill(1, i, i + 1);

export class MemoryLog implements IndexOperationLog {
  operations: IndexOperation[] = [];
  pruned = 0;
  reads = 0;

  async prunedThrough(): Promise<number> {
    return this.pruned;
  }

  async latestSequence(): Promise<number> {
    return this.operations.at(-1)?.sequence ?? 0;
  }

  async readAfter(_id: unknown, sequence: number, limit: number): Promise<readonly IndexOperation[]> {
    this.reads += 1;
    return this.operations.filter((operation) => operation.sequence > sequence).slice(0, limit);
  }
}

export function follow({ index = createExactIndex({ dimensions: 4 }), operationsPerPage = 2, waitMs = 10_000 } = {}): {
  readonly index: VectorIndex;
  readonly log: MemoryLog;
  readonly followed: ReturnType<typeof createFollowedIndex>;
} {
  const log = new MemoryLog();
  return { index, log, followed: createFollowedIndex({ index, log, operationsPerPage, waitMs }) };
}

export const labelsOf = ({ hits }: { readonly hits: readonly { readonly label: number }[] }): number[] =>
  hits.map((hit) => hit.label);
