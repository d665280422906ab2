import { afterEach, expect, it, vi } from "vitest";
import { exitCodes } from "./render/problem.ts";
import { runCommandLine } from "./run-command-line.ts";

let written = "";
const watch = () => {
  written = "";
  return vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
};
afterEach(() => void vi.restoreAllMocks());

it.each([
  { what: "an option of another name", args: ["quote", "--modle", "x"], detail: "unknown option '--modle'" },
  { what: "a value that is no number", args: ["search", "x", "--limit", "-3"], detail: "whole number above 0" },
  {
    what: "a choice that is none",
    args: ["budgets", "set", "1", "--window", "year"],
    detail: "hour, day, month, ever",
  },
  { what: "a missing argument", args: ["ask"], detail: "missing required argument 'question'" },
  { what: "a command that is none", args: ["aks", "x"], detail: "unknown command 'aks'" },
  { what: "no questions to measure with", args: ["savings", "measure"], detail: "--set, --generate and --data" },
])("gives $what a stable code, and JSON where JSON was asked for", async ({ args, detail }) => {
  watch();
  expect(await runCommandLine(args)).toBe(exitCodes.usage);
  expect(written).toContain("COMMAND_INVALID");
  expect(written).toContain(detail);
  watch();
  expect(await runCommandLine(["--json", ...args])).toBe(exitCodes.usage);
  expect(JSON.parse(written)).toMatchObject({
    code: "COMMAND_INVALID",
    status: 400,
    detail: expect.stringContaining(detail),
    hint: expect.stringContaining("--help"),
  });
});

it("shows the commands where none is named", async () => {
  watch();
  expect(await runCommandLine([])).toBe(exitCodes.usage);
  expect(written).toMatch(/Usage: larder .*\n/);
});
