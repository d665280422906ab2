import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Sums vitest's JSON reports of one folder: `node .ci/sum-test-reports.mjs FOLDER`. For each `X.expected` there should
 * be an `X.json`. A run that left no readable report, and a file whose tests could not even be collected, each count as
 * one failure: neither may look like success. Exits 1 if anything failed or no test passed.
 */
const folder = process.argv[2];
let passed = 0;
let failed = 0;

const countReport = (file) => {
  const report = JSON.parse(readFileSync(file, "utf8"));
  const uncollected = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + uncollected.length };
};

for (const marker of readdirSync(folder).filter((name) => name.endsWith(".expected"))) {
  const name = marker.replace(/\.expected$/, "");
  const file = join(folder, `${name}.json`);
  try {
    if (!existsSync(file)) throw new Error("it wrote no report");
    const counts = countReport(file);
    if (!Number.isInteger(counts.passed) || !Number.isInteger(counts.failed))
      throw new Error("its report has no counts");
    passed += counts.passed;
    failed += counts.failed;
  } catch (error) {
    failed += 1;
    console.log(`The run "${name}" counts as one failure: ${error.message}`);
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
