import { writeFileSync } from "node:fs";
import { exactNeighbours } from "./neighbour-statistics.ts";
import { hitsWanted } from "./recall.ts";
import type { DataFiles } from "./tasks.ts";
import { readRows } from "./vector-blocks.ts";

export async function writeTruth({ vectors, queries, truth, dimensions }: DataFiles): Promise<void> {
  const { rows } = await exactNeighbours(vectors, dimensions, readRows(queries, dimensions), hitsWanted);
  writeFileSync(truth, new Uint8Array(rows.buffer));
}
