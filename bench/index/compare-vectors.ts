import { graphParameters } from "@larder/vector-index";
import { createBareGraph } from "./hnsw-library.ts";
import type { NeighbourStatistics } from "./neighbour-statistics.ts";
import { exactNeighbours, neighbourStatistics } from "./neighbour-statistics.ts";
import { countRows, readBlocks } from "./vector-blocks.ts";

export interface VectorBehaviour extends NeighbourStatistics {
  readonly count: number;
  /** Recall@10 of a bare graph, by ef. */
  readonly recallByEf: ReadonlyMap<number, number>;
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
  const recallByEf = new Map<number, number>();
  for (const ef of efs) {
    graph.setEf(ef);
    const found = queries.map((query) => graph.searchKnn(Array.from(query), 10).neighbors);
    recallByEf.set(ef, recallAt10(found, neighbours.rows, neighbours.k));
  }
  return { ...neighbourStatistics(neighbours), count, recallByEf };
}

/** Share of the true nearest ten that were found. `truth` holds `k` row numbers a query. */
export function recallAt10(found: readonly (readonly number[])[], truth: Uint32Array, k: number): number {
  let hits = 0;
  for (const [q, rows] of found.entries()) {
    const wanted = new Set(truth.subarray(q * k, q * k + 10));
    for (const row of rows.slice(0, 10)) if (wanted.has(row)) hits += 1;
  }
  return hits / found.length / 10;
}

export function behaviourLines(rows: Readonly<Record<string, VectorBehaviour>>): readonly string[] {
  const lines = [
    `| vectors | count | intrinsic dimension | d10 / d100 | cosine of the 10th | ${efs.map((ef) => `recall, ef ${ef}`).join(" | ")} |`,
    `|---|--:|--:|--:|--:|${efs.map(() => "--:|").join("")}`,
  ];
  for (const [name, row] of Object.entries(rows)) {
    const recalls = efs.map((ef) => (row.recallByEf.get(ef) ?? 0).toFixed(4)).join(" | ");
    const { intrinsicDimension, distanceRatio, tenthCosine } = row;
    lines.push(
      `| ${name} | ${row.count.toLocaleString("en")} | ${intrinsicDimension.toFixed(1)} | ${distanceRatio.toFixed(3)} | ${tenthCosine.toFixed(3)} | ${recalls} |`,
    );
  }
  return lines;
}
