/**
 * `npm run bench:ingest [-- --data ../shared --copies 5 --few 1]`: a folder of files of many formats, taken in by Larder's
 * server and by two pipelines of npm packages with the same embedding model, one after another in one run. Per second of
 * wall time and of processor time (`--apart`: each copy in a knowledge base of its own, so that no vector is reused); memory of all processes of each at its highest, for few and for many files.
 * Needs `npm run bench:install`. Linux only.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Measurement } from "./measure-process.ts";
import { measureProcess } from "./measure-process.ts";
import { sourceOf, writeSaltedCopies } from "./salted-copies.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared" },
    copies: { type: "string", default: "5" },
    few: { type: "string", default: "1" },
    only: { type: "string" },
    apart: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const copies = Math.min(Math.max(1, Number(values.copies)), 1_000);
const few = Math.min(Math.max(1, Number(values.few)), copies);
const models = fileURLToPath(new URL("../../packages/embedder/models", import.meta.url));
const systems = [
  { name: "Larder", script: "larder" },
  { name: "LangChain.js", script: "langchain" },
  { name: "officeparser", script: "officeparser" },
].filter(({ script }) => values.only === undefined || values.only.split(",").includes(script));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
const folder = await mkdtemp(join(tmpdir(), "larder-mixed-"));
const runs = new Map<string, { readonly few: Measurement; readonly many: Measurement }>();
let names: readonly string[] = [];
try {
  const source = resolve(values.data, "formats");
  names = await writeSaltedCopies(source, join(folder, "few"), few);
  await writeSaltedCopies(source, join(folder, "many"), copies);
  print(`${names.length} files, ${few} and ${copies} times each, every copy with other bytes\n`);
  const measure = (script: string, which: string): Promise<Measurement> =>
    measureProcess(script, argumentsOf(script, join(folder, which)));
  for (const { name, script } of systems) {
    const measuredFew = await measure(script, "few");
    runs.set(name, { few: measuredFew, many: await measure(script, "many") });
    print(`${name} is done`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

// Larder's count, for all: a file without pages is one. Each system is credited with those of the files that it read.
const pagesOf = new Map<string, number>();
for (const { many } of runs.values()) {
  for (const [name, pages] of Object.entries(many.result.pages ?? {})) pagesOf.set(sourceOf(name), pages);
}
const unread = (run: Measurement): readonly string[] => [...new Set(Object.keys(run.result.failed).map(sourceOf))];
const countPages = (without: readonly string[]): number =>
  names.filter((name) => !without.includes(name)).reduce((sum, name) => sum + (pagesOf.get(name) ?? 1), 0);

interface Rates {
  readonly pages: number;
  readonly passages: number;
  readonly kilobytes: number;
}
const ratesOf = (run: Measurement, seconds: number): Rates => ({
  pages: (countPages(unread(run)) * copies) / seconds,
  passages: run.result.passages / seconds,
  kilobytes: run.result.characters / 1_000 / seconds,
});

print(`\n${countPages([])} pages a copy\n`);
print("                 files   passages   wall s   CPU s   pages/s  passages/s  kchar/s   peak MB, few → many");
const perCore = new Map<string, Rates>();
for (const [name, { few: small, many }] of runs) {
  const wall = ratesOf(many, many.wallSeconds);
  perCore.set(name, ratesOf(many, many.cpuSeconds));
  const files = `${names.length - unread(many).length}/${names.length}`;
  const cells = [
    name.padEnd(14),
    files.padStart(8),
    String(many.result.passages).padStart(10),
    many.wallSeconds.toFixed(1).padStart(8),
    many.cpuSeconds.toFixed(1).padStart(7),
    wall.pages.toFixed(1).padStart(9),
    wall.passages.toFixed(1).padStart(11),
    wall.kilobytes.toFixed(0).padStart(8),
    `${small.peakMb.toFixed(0).padStart(7)} → ${many.peakMb.toFixed(0)} (${(many.peakMb / small.peakMb).toFixed(2)}x)`,
  ];
  print(cells.join(" "));
}
print("\nPer second of processor time");
const own = perCore.get("Larder");
for (const [name, rates] of perCore) {
  const ratio = own === undefined || name === "Larder" ? "" : `  Larder: ${ratiosOf(own, rates)}`;
  print(
    `  ${name.padEnd(13)} ${rates.pages.toFixed(1)} pages, ${rates.passages.toFixed(1)} passages, ${rates.kilobytes.toFixed(0)} kchar${ratio}`,
  );
}
for (const [name, { many }] of runs) {
  const steps = Object.entries(many.result.steps ?? {}).map(([step, seconds]) => `${step} ${seconds.toFixed(1)} s`);
  const { reused, passages } = many.result;
  if (reused !== undefined)
    print(`\n${name}: ${reused} of ${passages} vectors were taken from passages of the same text`);
  if (steps.length > 0) print(`\n${name}, by the clock, some of it at the same time: ${steps.join(", ")}`);
}
print("\nFiles that nothing came of");
for (const [name, { many }] of runs) {
  print(`  ${name}: ${unread(many).length === 0 ? "none" : ""}`);
  const reasons = new Map(Object.entries(many.result.failed).map(([file, reason]) => [sourceOf(file), reason]));
  for (const [file, reason] of [...reasons].sort()) print(`    ${file}: ${reason}`);
}
if (values.json) print(JSON.stringify({ copies, few, runs: Object.fromEntries(runs) }));

function argumentsOf(script: string, source: string): readonly string[] {
  if (script === "larder") return [source, values.apart ? "apart" : "together"];
  return [source, models, "larder-embed-v1"];
}

function ratiosOf(ours: Rates, theirs: Rates): string {
  const ratio = (unit: keyof Rates): string => `${(ours[unit] / theirs[unit]).toFixed(1)}x`;
  return `${ratio("pages")} by pages, ${ratio("passages")} by passages, ${ratio("kilobytes")} by text`;
}
