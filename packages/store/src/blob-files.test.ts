import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCall as call, sha256Of } from "@larder/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBlobFiles } from "./blob-files.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-blobs-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}

it("takes away what dead processes left unfinished, and only that", async () => {
  const living = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const dead = spawn(process.execPath, ["-e", ""]);
  await Promise.all([once(living, "spawn"), once(dead, "exit")]);
  const names = [living.pid, dead.pid, process.pid].map((pid) => `${pid}-0011223344556677.incoming`);
  for (const name of [...names, "notes.txt"]) await writeFile(join(folder, name), "part");
  await openBlobFiles({ folder });
  expect((await readdir(folder)).sort()).toEqual([names[0], "notes.txt"].sort());
  living.kill();
  await once(living, "exit");
});

it("does not take away what this process is writing", async () => {
  const blobs = await openBlobFiles({ folder });
  async function* source() {
    yield Buffer.from("first ");
    await openBlobFiles({ folder });
    yield Buffer.from("second");
  }
  const { sha256 } = await blobs.put(source(), { bytesMax: 100 }, call);
  const file = await blobs.localFile(sha256, call);
  expect(file === undefined ? "" : await readFile(file, "utf8")).toBe("first second");
});

it("puts whole bytes in the place of a file that was cut off", async () => {
  const blobs = await openBlobFiles({ folder });
  const limits = { bytesMax: 100 };
  const { sha256 } = await blobs.put(bytesOf("whole"), limits, call);
  const file = (await blobs.localFile(sha256, call)) ?? "";
  await writeFile(file, "who");
  await blobs.put(bytesOf("whole"), limits, call);
  expect(await readFile(file, "utf8")).toBe("whole");
});

it("divides files over two levels of folders", async () => {
  const blobs = await openBlobFiles({ folder });
  await blobs.put(bytesOf("hello"), { bytesMax: 100 }, call);
  const hash = sha256Of("hello");
  expect(await blobs.localFile(hash, call)).toBe(join(folder, hash.slice(0, 2), hash.slice(2, 4), `${hash}.blob`));
});

it("says when its folder cannot be used", async () => {
  await writeFile(join(folder, "file"), "");
  const opened = openBlobFiles({ folder: join(folder, "file") });
  await expect(opened).rejects.toMatchObject({ code: "DATA_DIR_UNUSABLE" });
});
