import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockDataFolder } from "./data-folder-lock.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("gives a folder to one holder at a time, also within one process", async () => {
  const inner = join(folder, "not", "there", "yet");
  const lock = await lockDataFolder(inner);
  await expect(lockDataFolder(inner)).rejects.toMatchObject({ code: "DATA_DIR_IN_USE", details: { pid: process.pid } });
  await lock.close();
  await lock.close();
  await using again = await lockDataFolder(inner);
  await expect(lockDataFolder(inner)).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  expect(again).toBeDefined();
});

it("says when the folder cannot be used", async () => {
  await writeFile(join(folder, "file"), "");
  for (const unusable of [join(folder, "file"), join(folder, "file", "inner")]) {
    await expect(lockDataFolder(unusable)).rejects.toMatchObject({ code: "DATA_DIR_UNUSABLE" });
  }
});
