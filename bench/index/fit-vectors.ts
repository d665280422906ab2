/**
 * `npm run bench:index-fit [-- --data ../shared/eval]`: writes vector-statistics.json from the embeddings of all passages
 * of the evaluation sets, and prints how generated vectors behave beside the real ones.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeBehaviour } from "./compare-vectors.ts";
import { fitStatistics } from "./fit-statistics.ts";
import { generateVectors } from "./generate-vectors.ts";
import { readRealEmbeddings } from "./real-embeddings.ts";
import { writeRealVectors } from "./real-vectors.ts";
import { behaviourLines } from "./report-behaviour.ts";
import { readRows } from "./vector-blocks.ts";
import { statisticsFile } from "./vector-statistics.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/eval" } } });
const queries = 500;
const real = await readRealEmbeddings(values.data);
const statistics = fitStatistics(real);
const { dimensions } = statistics;
const rounded = JSON.stringify(statistics, (_, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value,
);
await writeFile(statisticsFile, `${rounded}\n`);
const folder = await mkdtemp(join(tmpdir(), "larder-fit-"));
try {
  const fileOf = (name: string): string => join(folder, name);
  const realFiles = { vectors: fileOf("real"), queries: fileOf("real-queries") };
  const count = await writeRealVectors(values.data, "held-out", queries, {
    ...realFiles,
    dimensions,
    count: 0,
    truth: "",
  });
  const generated = { vectors: fileOf("generated"), queries: fileOf("generated-queries") };
  generateVectors(JSON.parse(rounded), { vectors: count, queries }, 1, generated);
  const describe = (files: typeof generated) =>
    describeBehaviour(files.vectors, dimensions, readRows(files.queries, dimensions));
  const rows = { real: await describe(realFiles), generated: await describe(generated) };
  process.stdout.write(`${behaviourLines(rows).join("\n")}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
