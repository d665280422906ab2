import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStageFiles, sweepStages } from "./stage-files.ts";

const call = { signal: new AbortController().signal };
const [first, second] = ["a".repeat(64), "b".repeat(64)];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-stages-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("gives back what was kept, to the same makers only", async () => {
  const stages = await openStageFiles({ folder });
  const key = { sha256: first, kind: "parsed", madeBy: ["parser@1"] } as const;
  expect(await stages.read(key, call)).toBeUndefined();
  await stages.write(key, Buffer.from("one"), call);
  await stages.write(key, Buffer.from("two"), call);
  expect(Buffer.from((await stages.read(key, call)) ?? []).toString()).toBe("two");
  expect(await stages.read({ ...key, madeBy: ["parser@2"] }, call)).toBeUndefined();
  expect(await stages.read({ ...key, kind: "vectors" }, call)).toBeUndefined();
  await stages.remove(first);
  expect(await stages.read(key, call)).toBeUndefined();
});

it("takes a damaged or cut file for none", async () => {
  const stages = await openStageFiles({ folder });
  const key = { sha256: first, kind: "vectors", madeBy: ["x"] } as const;
  await stages.write(key, Buffer.from("content"), call);
  const [name = ""] = await readdir(folder);
  const bytes = await readFile(join(folder, name));
  for (const damaged of [bytes.subarray(0, -1), bytes.subarray(0, 10), Buffer.from(bytes).fill(0, 34, 35)]) {
    await writeFile(join(folder, name), damaged);
    expect(await stages.read(key, call)).toBeUndefined();
  }
});

it("sweeps what nobody waits for and what was half written", async () => {
  const stages = await openStageFiles({ folder });
  for (const sha256 of [first, second]) {
    await stages.write({ sha256, kind: "parsed", madeBy: [] }, Buffer.from("x"), call);
  }
  await writeFile(join(folder, "0123.incoming"), "half");
  await sweepStages({ folder }, stages, async (held) => new Set(held.filter((sha256) => sha256 === second)));
  expect(await stages.held()).toEqual([second]);
  expect(await readdir(folder)).toHaveLength(1);
});
