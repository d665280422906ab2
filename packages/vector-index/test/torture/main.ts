/**
 * `npm run torture:index [-- --only corruption|kill|calls|disk --minutes 2 --sample 200 --seed 1]`: damages every file of
 * checkpoints, kills the hosts under load, and has the disk fail, each time comparing every answer with an exact index.
 * Exits with 1 at any violation.
 */
import { parseArgs } from "node:util";
import { runCorruption } from "./run-corruption.ts";
import { runDisk } from "./run-disk.ts";
import { runFailingFiles } from "./run-failing-files.ts";
import { runKills } from "./run-kills.ts";
import type { TortureReport } from "./torture-report.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    minutes: { type: "string", default: "2" },
    sample: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    help: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const budgetMs = 30 * 60_000;
const sample = values.sample === undefined ? {} : { sample: Number(values.sample) };

const parts: Readonly<Record<string, () => Promise<TortureReport>>> = {
  corruption: () => runCorruption({ seed, print, budgetMs, ...sample }),
  kill: () => runKills({ seed, print, durationMs: Number(values.minutes) * 60_000 }),
  calls: () => runFailingFiles({ seed, print, budgetMs }),
  disk: () => runDisk({ seed, print, budgetMs }),
};

if (values.help) {
  print("npm run torture:index -- [--only corruption|kill|calls|disk] [--minutes 2] [--sample N] [--seed N]");
  process.exit(0);
}
print(`seed ${seed}: npm run torture:index -- --seed ${seed} does the same again`);
let violations = 0;
for (const [name, run] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  const startMs = performance.now();
  const report = await run();
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  print(`\n${name}: ${report.cases} cases in ${seconds} s, ${report.violations.length} violations`);
  for (const fact of report.facts) print(`  ${fact}`);
  for (const violation of report.violations.slice(0, 50)) print(`  VIOLATION ${violation}`);
  violations += report.violations.length;
}
process.exitCode = violations > 0 ? 1 : 0;
