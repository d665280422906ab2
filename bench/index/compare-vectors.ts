import { graphParameters } from "@larder/vector-index";
import { createBareGraph } from "./hnsw-library.ts";
import type { NeighbourStatistics } from "./neighbour-statistics.ts";
import { exactNeighbours, neighbourStatistics } from "./neighbour-statistics.ts";
import { recallAt10 } from "./recall.ts";
import { countRows, readBlocks } from "./vector-blocks.ts";

export interface VectorBehaviour extends NeighbourStatistics {
  readonly count: number;
  /** Recall@10 of a bare graph, by ef. */
  readonly recallByEf: Readonly<Record<number, number>>;
}

const efs = [10, 16, 32, 64, 128];

/** What makes vectors easy or hard for an index, to be compared between real and generated ones of the same count. */
export async function describeBehaviour(
  file: string,
  dimensions: number,
  queries: readonly Float32Array[],
): Promise<VectorBehaviour> {
  const neighbours = await exactNeighbours(file, dimensions, queries, 100);
  const count = countRows(file, dimensions);
  const graph = createBareGraph(dimensions);
  graph.initIndex(count, graphParameters.m, graphParameters.efConstruction, 100);
  for (const block of readBlocks(file, dimensions)) {
    for (let i = 0; i < block.count; i++) graph.addPoint(Array.from(block.row(i)), block.first + i);
  }
  const recallByEf: Record<number, number> = {};
  for (const ef of efs) {
    graph.setEf(ef);
    const found = queries.map((query) => graph.searchKnn(Array.from(query), 10).neighbors);
    recallByEf[ef] = recallAt10(found, neighbours.rows, neighbours.k);
  }
  return { ...neighbourStatistics(neighbours), count, recallByEf };
}
