import type { Asked } from "./generate-vectors.ts";
import { readRealEmbeddings } from "./real-embeddings.ts";
import type { DataFiles } from "./tasks.ts";
import { writeRows } from "./vector-blocks.ts";

/** Writes a benchmark's files and returns how many vectors are in them. Passages taken out as queries are spread evenly over all documents. */
export async function writeRealVectors(
  evaluationFolder: string,
  ask: Asked,
  queries: number,
  files: DataFiles,
): Promise<number> {
  const { dimensions, passages, questions } = await readRealEmbeddings(evaluationFolder);
  if (dimensions !== files.dimensions) throw new Error(`the carried model has ${dimensions} dimensions`);
  const rowOf = (rows: Float32Array, i: number): Float32Array => rows.subarray(i * dimensions, (i + 1) * dimensions);
  const count = passages.length / dimensions;
  const isTaken = (i: number, of: number): boolean =>
    Math.floor(((i + 1) * queries) / of) > Math.floor((i * queries) / of);
  const numbers = Array.from({ length: count }, (_, i) => i);
  const stored = ask === "questions" ? numbers : numbers.filter((i) => !isTaken(i, count));
  writeRows(
    files.vectors,
    dimensions,
    stored.map((i) => rowOf(passages, i)),
  );
  const asked = ask === "questions" ? questions : passages;
  const askedNumbers = Array.from({ length: asked.length / dimensions }, (_, i) => i);
  writeRows(
    files.queries,
    dimensions,
    askedNumbers.filter((i) => isTaken(i, askedNumbers.length)).map((i) => rowOf(asked, i)),
  );
  return stored.length;
}
