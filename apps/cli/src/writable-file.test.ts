import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exitCodeOf, exitCodes, problemOf } from "./render/problem.ts";
import { requireWritable } from "./writable-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-writable-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("accepts a new file without leaving it there, and an old one without touching it", () => {
  requireWritable(join(folder, "new.html"), "--html");
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, "old.html"), "kept");
  requireWritable(join(folder, "old.html"), "--html");
  expect(readFileSync(join(folder, "old.html"), "utf8")).toBe("kept");
  requireWritable(undefined, "--html");
});

it.each([
  ["missing/report.html", "its folder does not exist"],
  ["file/report.html", "a part of its path is not a folder"],
  [".", "it is a folder"],
])("refuses %s by the option's name, as the caller's mistake", (path, reason) => {
  writeFileSync(join(folder, "file"), "");
  let thrown: unknown;
  try {
    requireWritable(join(folder, path), "--out");
  } catch (error) {
    thrown = error;
  }
  const problem = problemOf(thrown);
  expect(problem).toMatchObject({ code: "CONFIG_INVALID", detail: expect.stringContaining(reason) });
  expect(problem.detail).toMatch(/^--out /);
  expect(problem.hint).toContain("--out");
  expect(exitCodeOf(problem)).toBe(exitCodes.usage);
});
