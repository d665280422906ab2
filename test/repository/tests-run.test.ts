import { describe, expect, it } from "vitest";
import { readText, repositoryFiles } from "./repository-files.ts";

/**
 * Tests that do not run: `.only` hides the others, and `.skip`, `.todo`, `.fails`, `xit` hide themselves. A test that
 * depends on the machine says so in code: `it.skipIf(…)`, `it.runIf(…)`, `context.skip(reason)`, or an `if` before it.
 */
function silencedTests(text: string): readonly string[] {
  const chained =
    /\b(?:it|test|describe|suite)(?:\.(?:concurrent|sequential|each\([^)]*\)))*\.(?:only|skip|todo|fails)\b/g;
  const prefixed = /(?<![\w.])(?:xit|xtest|xdescribe|fit|fdescribe)\s*\(/g;
  return [...text.matchAll(chained), ...text.matchAll(prefixed)]
    .filter(({ 0: found, index }) => !(found.endsWith(".skip") && /\bif \(.*\)\s*\{?\s*$/.test(text.slice(0, index))))
    .map(([found]) => found);
}

describe("the tests", () => {
  const testFiles = repositoryFiles.filter((file) => /\.test\.tsx?$/.test(file));

  it("are found", () => {
    expect(testFiles.length).toBeGreaterThan(5);
  });

  it("all run: none is singled out or silenced", () => {
    const self = "test/repository/tests-run.test.ts"; // names the words below
    const found = testFiles
      .filter((file) => file !== self)
      .flatMap((file) => silencedTests(readText(file)).map((words) => `${file}: ${words}`));
    expect(found).toEqual([]);
  });

  it.each(["it.only(", "describe.skip(", "test.concurrent.only(", "it.todo(", "xit(", "fdescribe ("])(
    "would be caught with %s",
    (words) => {
      expect(silencedTests(`${words}"does a thing", () => {});`)).toHaveLength(1);
    },
  );

  it.each([
    "it.skipIf(noNetwork)(",
    "if (library === undefined) describe.skip(",
    "if (absent) {\n  it.skip(",
    "exit(",
    "it.each([1])(",
  ])("may say %s", (words) => {
    expect(silencedTests(`${words}"does a thing", () => {});`)).toEqual([]);
  });
});
