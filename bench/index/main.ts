/**
 * `npm run bench:index [-- --sizes 10000,100000,1000000 --data ../shared/eval --minutes-max 45]`: the vector index beside
 * other local ones, on the same vectors in one run. Graphs are compared at equal recall: each gets the fewest candidates
 * (ef) that reach `--recall` on a third of the queries; the figures are of the other two thirds. Every system is in
 * processes of its own, one to build and one that opens what the first one saved, so each has its own memory.
 *
 * With `--data` the same follows on embeddings of real passages, asked real questions, after a comparison of how these and
 * generated vectors behave. Needs `npm run bench:install`. Linux only.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findPeer, peers } from "./peers.ts";
import { behaviourLines } from "./report-behaviour.ts";
import type { PeerRow } from "./report-rows.ts";
import { emptyLine, heading, rowLine, verdictLines } from "./report-rows.ts";
import type { Outcome } from "./run-child.ts";
import { endChildren, runChild } from "./run-child.ts";
import { runPeer } from "./run-peer.ts";
import type { DataFiles } from "./tasks.ts";
import { readStatistics } from "./vector-statistics.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10000,100000" },
    queries: { type: "string", default: "3000" },
    recall: { type: "string", default: "0.99" },
    seed: { type: "string", default: "1" },
    "minutes-max": { type: "string", default: "45" },
    seconds: { type: "string", default: "5" },
    only: { type: "string" },
    data: { type: "string" },
    folder: { type: "string", default: tmpdir() },
  },
});
const sizes = values.sizes
  .split(",")
  .filter((size) => size !== "" && size !== "0")
  .map(Number);
const queries = Number(values.queries);
const seed = Number(values.seed);
const timeoutMs = Number(values["minutes-max"]) * 60_000;
const wanted = values.only?.split(",") ?? Object.keys(peers).filter((id) => id !== "nothing");
for (const id of wanted) findPeer(id); // a wrong name is told before anything is measured
const statistics = readStatistics();
const { dimensions } = statistics;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

await mkdir(values.folder, { recursive: true });
const folder = await mkdtemp(join(values.folder, "larder-index-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endChildren();
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130));
  });
}
process.once("exit", endChildren);

try {
  print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
  for (const size of sizes) await measureGenerated(size);
  if (values.data !== undefined) await measureReal(resolve(values.data));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureGenerated(size: number): Promise<void> {
  const files = filesFor("generated", size);
  tell(`${size} vectors are generated`);
  const input = { files, queries, seed, ask: "questions" as const };
  done(await runChild("generate", input, { timeoutMs, progress: tell }));
  print(
    `\n${size.toLocaleString("en")} generated vectors of ${dimensions} dimensions, ${queries} queries, seed ${values.seed}\n`,
  );
  await measurePeers(files);
}

async function measureReal(evaluation: string): Promise<void> {
  const watch = { timeoutMs, progress: tell };
  const few = Math.min(500, queries);
  const count = statistics.passages - few;
  tell("real passages are embedded, and as many vectors generated");
  const heldOut = filesFor("real-held-out", count);
  const passages = done(await runChild("embed", { files: heldOut, queries: few, evaluation, ask: "held-out" }, watch));
  const questions = filesFor("real-questions", count);
  const stored = done(await runChild("embed", { files: questions, queries, evaluation, ask: "questions" }, watch));
  const alike = filesFor("generated-held-out", passages.count);
  done(await runChild("generate", { files: alike, queries: few, seed, ask: "held-out" }, watch));
  const asked = filesFor("generated-questions", passages.count);
  done(await runChild("generate", { files: asked, queries: few, seed, ask: "questions" }, watch));
  const behaviour = async (files: DataFiles) => done(await runChild("behaviour", { files }, watch));
  const rows = {
    "real, asked by passages": await behaviour(heldOut),
    "generated, asked by passages": await behaviour(alike),
    "real, asked by questions": await behaviour(questions),
    "generated, asked as by questions": await behaviour(asked),
  };
  print("\nReal and generated vectors, neighbours among all, hnswlib-node's recall@10 at the same ef\n");
  for (const line of behaviourLines(rows)) print(line);
  for (const files of [heldOut, alike, asked]) await removeFiles(files);
  print(`\n${stored.count.toLocaleString("en")} embeddings of real passages, ${queries} real questions\n`);
  await measurePeers({ ...questions, count: stored.count });
}

async function measurePeers(files: DataFiles): Promise<void> {
  const options = { recallMin: Number(values.recall), secondsEach: Number(values.seconds), timeoutMs, tell };
  const rows: PeerRow[] = [];
  const measure = (id: string): Promise<PeerRow> => {
    const ef =
      id === "hnswlib-node-alike" ? rows.find(({ served }) => served?.ownEf !== undefined)?.served?.ownEf : undefined;
    return runPeer(id, files, join(folder, "peer"), { ...options, ...(ef === undefined ? {} : { ef }) });
  };
  print(emptyLine(await measure("nothing")));
  for (const line of heading) print(line);
  for (const id of wanted) {
    const row = await measure(id);
    rows.push(row);
    print(rowLine(row));
  }
  for (const line of verdictLines(rows, Number(values.recall))) print(line);
  await removeFiles(files);
}

async function removeFiles({ vectors, queries, truth }: DataFiles): Promise<void> {
  for (const file of [vectors, queries, truth]) await rm(file, { force: true });
}

function filesFor(name: string, count: number): DataFiles {
  const file = (kind: string): string => join(folder, `${name}-${count}.${kind}`);
  return { dimensions, count, vectors: file("vectors"), queries: file("queries"), truth: file("truth") };
}

function done<Result>(outcome: Outcome<Result>): Result {
  if (outcome.kind === "done") return outcome.result;
  throw new Error(outcome.kind === "late" ? "preparing the vectors took too long" : outcome.reason);
}
