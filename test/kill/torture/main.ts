/**
 * `npm run torture [-- --kills 1000 --seed 1]`: kills a real server, its worker and its other processes at every fail
 * point and at random moments while documents are sent, replaced and deleted, and compares what is there with what was
 * acknowledged. Exits with 1 at any violation. Linux only: it reads /proc.
 */
import { parseArgs } from "node:util";
import { buildLarder } from "../build-larder.ts";
import { runTorture } from "./run-torture.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    json: { type: "boolean", default: false },
  },
});
const kills = Math.min(Math.max(0, Number(values.kills)), 100_000);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`seed ${values.seed}: npm run torture -- --kills ${kills} --seed ${values.seed} sends and kills the same again`);
buildLarder();
const startMs = performance.now();
const report = await runTorture({ kills, seed: Number(values.seed), print });
print("\nkilled              times");
for (const [victim, times] of Object.entries(report.kills)) print(`${victim.padEnd(18)} ${String(times).padStart(6)}`);
print(`\n${report.sent} documents sent, ${report.acknowledged} requests acknowledged, ${report.unanswered} unanswered`);
print(`ready again after at most ${(report.readyMsMax / 1_000).toFixed(1)} s (may take 60 s)`);
print(`nothing waited any more after at most ${(report.drainedMsMax / 1_000).toFixed(1)} s (may take 60 s)`);
print(`${report.violations.length} violations in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
for (const violation of report.violations.slice(0, 50)) print(`  ${violation}`);
if (values.json) print(JSON.stringify(report));
process.exitCode = report.violations.length > 0 ? 1 : 0;
