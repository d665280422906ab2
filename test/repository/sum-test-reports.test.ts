import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "./repository-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-reports-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (numPassedTests: number, numFailedTests: number, testResults: readonly unknown[] = []) =>
  JSON.stringify({ numPassedTests, numFailedTests, testResults });

function sum(reports: Readonly<Record<string, string | undefined>>) {
  for (const [name, text] of Object.entries(reports)) {
    writeFileSync(join(folder, `${name}.expected`), "");
    if (text !== undefined) writeFileSync(join(folder, `${name}.json`), text);
  }
  const run = spawnSync(process.execPath, [".ci/sum-test-reports.mjs", folder], { cwd: root, encoding: "utf8" });
  return { last: run.stdout.trim().split("\n").at(-1), status: run.status };
}

it.each([
  { what: "adds the runs", reports: { a: report(3, 0), b: report(4, 0) }, last: "7 passed, 0 failed", status: 0 },
  { what: "fails with a failed test", reports: { a: report(3, 1) }, last: "3 passed, 1 failed", status: 1 },
  { what: "fails when no test ran", reports: { a: report(0, 0) }, last: "0 passed, 0 failed", status: 1 },
  { what: "fails when nothing ran at all", reports: {}, last: "0 passed, 0 failed", status: 1 },
  {
    what: "counts a run without report",
    reports: { a: report(3, 0), b: undefined },
    last: "3 passed, 1 failed",
    status: 1,
  },
  { what: "counts a cut report", reports: { a: '{"numPassedTests": 3' }, last: "0 passed, 1 failed", status: 1 },
  {
    what: "counts a report of another form",
    reports: { a: '{"testResults": []}' },
    last: "0 passed, 1 failed",
    status: 1,
  },
  {
    what: "counts a file that could not be collected",
    reports: { a: report(3, 0, [{ status: "failed", assertionResults: [] }]) },
    last: "3 passed, 1 failed",
    status: 1,
  },
])("$what", ({ reports, last, status }) => {
  expect(sum(reports)).toEqual({ last, status });
});
