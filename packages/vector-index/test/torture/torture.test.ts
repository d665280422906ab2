import { expect, it } from "vitest";
import { runCorruption } from "./run-corruption.ts";
import { runDisk } from "./run-disk.ts";
import { runFailingFiles } from "./run-failing-files.ts";
import { runKills } from "./run-kills.ts";
import type { TortureReport } from "./torture-report.ts";

/** Everything, and for longer: `npm run torture:index`. */
const seed = Number(process.env.LARDER_SEED ?? Date.now() % 1_000_000);
const print = (line: string): void => console.info(line);
/** What is to be seen is all there is to it: a slow machine takes longer and leaves nothing out. */
const unbounded = Number.POSITIVE_INFINITY;
const isLinux = process.platform === "linux";

function expectSound(report: TortureReport, violations: readonly string[] = report.violations): void {
  for (const fact of report.facts) print(`${report.part}: ${fact}`);
  expect(violations).toEqual([]);
}

it("finds out 200 damages of checkpoints, drawn from all kinds, and answers as if there were none", async () => {
  print(`seed ${seed}: LARDER_SEED=${seed} npm run test:kill damages and kills the same again`);
  const report = await runCorruption({ seed, print, budgetMs: unbounded, sample: 200 });
  expectSound(report);
  expect(report.cases).toBe(200);
});

it.runIf(isLinux)("loses nothing while its hosts are killed under load", async () => {
  const report = await runKills({ seed, print, durationMs: 15_000, killsMin: 4 });
  expectSound(
    report,
    report.violations.filter((violation) => !violation.startsWith("an outage")),
  ); // the machine's load
  expect(report.cases).toBeGreaterThanOrEqual(4);
});

it("loses nothing at whatever call the file system fails, and by whatever", async () => {
  const report = await runFailingFiles({ seed, print, budgetMs: unbounded });
  expectSound(report);
  expect(report.cases).toBeGreaterThan(50);
});

it.runIf(isLinux)("loses nothing on a disk that is full or cannot be written to", async ({ skip }) => {
  const report = await runDisk({ seed, print, budgetMs: unbounded, stepBytes: 32_768 });
  expectSound(report);
  if (report.cases === 0) skip(report.facts[0]);
});
