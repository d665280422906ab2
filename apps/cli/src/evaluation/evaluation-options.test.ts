import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findSets, readEvaluationOptions } from "./evaluation-options.ts";

it("measures all sets in full with every baseline unless told otherwise", () => {
  expect(readEvaluationOptions(["--data", "d"], { XDG_CACHE_HOME: "c", LOCALAPPDATA: "c" })).toMatchObject({
    data: "d",
    hasBaselines: true,
    isJson: false,
    cacheFolder: expect.stringContaining("larder-eval"),
  });
});

it("takes every option", () => {
  const args =
    "--data d --sets a,b --modes dense,hybrid,denseWeight=0.5+autoRecall=0.9 --max-queries 5 --no-baselines --cache c --json --html h --save s";
  expect(readEvaluationOptions(args.split(" "), {})).toEqual({
    data: "d",
    sets: ["a", "b"],
    modes: ["dense", "hybrid", "denseWeight=0.5+autoRecall=0.9"],
    queriesMax: 5,
    hasBaselines: false,
    cacheFolder: "c",
    isJson: true,
    html: "h",
    save: "s",
  });
});

it.each([
  { what: "no data", args: [] },
  { what: "an unknown mode", args: ["--data", "d", "--modes", "best"] },
  { what: "an unknown setting", args: ["--data", "d", "--modes", "hybrid,sparseWeight=0.5"] },
  { what: "a setting without a number", args: ["--data", "d", "--modes", "denseWeight=much"] },
  { what: "half a query", args: ["--data", "d", "--max-queries", "0.5"] },
  { what: "an unknown option", args: ["--data", "d", "--fast"] },
])("refuses $what", ({ args }) => {
  expect(() => readEvaluationOptions(args, {})).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

it("finds the folders that hold a set", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-sets-"));
  try {
    for (const name of ["b", "a", "notes"]) await mkdir(join(folder, name));
    for (const name of ["b", "a"]) await writeFile(join(folder, name, "corpus.jsonl.gz"), "");
    expect(await findSets(folder)).toEqual(["a", "b"]);
    await expect(findSets(join(folder, "notes"))).rejects.toMatchObject({ code: "DATA_SET_INVALID" });
    await expect(findSets(join(folder, "absent"))).rejects.toMatchObject({ code: "DATA_SET_INVALID" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
