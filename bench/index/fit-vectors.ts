/**
 * `npm run bench:index-fit [-- --data ../shared/eval]`: writes vector-statistics.json from the embeddings of all passages
 * and questions of the evaluation sets. How generated vectors behave beside these, `npm run bench:index` prints.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fitStatistics } from "./fit-statistics.ts";
import { generateVectors, mixRows } from "./generate-vectors.ts";
import { exactNeighbours, neighbourStatistics } from "./neighbour-statistics.ts";
import { readRealEmbeddings } from "./real-embeddings.ts";
import { writeRealVectors } from "./real-vectors.ts";
import { readRows } from "./vector-blocks.ts";
import { statisticsFile } from "./vector-statistics.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/eval" } } });
const queries = 500;
const bisections = 7; // to a hundredth
const neighboursWanted = 100;

const fitted = fitStatistics(await readRealEmbeddings(values.data));
const { dimensions, passages } = fitted;
const folder = await mkdtemp(join(tmpdir(), "larder-fit-"));
try {
  const questionMix = await fitQuestionMix();
  const rounded = JSON.stringify({ ...fitted, questionMix }, (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  );
  await writeFile(statisticsFile, `${rounded}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The mix that gives generated queries the real questions' intrinsic dimension, which grows with it. */
async function fitQuestionMix(): Promise<number> {
  const filesOf = (name: string) => ({ vectors: join(folder, name), queries: join(folder, `${name}-queries`) });
  const real = filesOf("real");
  await writeRealVectors(values.data, "questions", queries, { ...real, dimensions, count: passages, truth: "" });
  const wanted = await dimensionOf(real.vectors, readRows(real.queries, dimensions));
  const generated = filesOf("generated");
  const options = { seed: 1, ask: "held-out" } as const;
  generateVectors({ ...fitted, questionMix: 0 }, { vectors: passages, queries }, options, generated);
  const rows = readRows(generated.queries, dimensions);
  let [low, high] = [0, 1];
  for (let i = 0; i < bisections; i++) {
    const middle = (low + high) / 2;
    if ((await dimensionOf(generated.vectors, mixRows(rows, middle))) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

async function dimensionOf(vectors: string, rows: readonly Float32Array[]): Promise<number> {
  return neighbourStatistics(await exactNeighbours(vectors, dimensions, rows, neighboursWanted)).intrinsicDimension;
}
