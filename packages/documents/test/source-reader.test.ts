import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { entryUrl } from "@larder/child-process";
import { writeTar, writeZip } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SourceReaderOptions } from "../src/index.ts";
import { openSourceReader } from "../src/index.ts";

let folder: string;
let stagingFolder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-source-"));
  stagingFolder = join(folder, "staging");
});
afterAll(() => rm(folder, { recursive: true }));

const call = { signal: AbortSignal.timeout(60_000) };
const staged = () => readdir(stagingFolder).catch(() => []);
const open = (options: Partial<SourceReaderOptions> = {}) => openSourceReader({ stagingFolder, ...options });
async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = join(folder, "upload.blob");
  await writeFile(file, bytes);
  return file;
}

describe("a source reader", () => {
  it("takes away what a process that died had unpacked", async () => {
    await mkdir(join(stagingFolder, "left"), { recursive: true });
    await using _reader = await open();
    expect(await staged()).toEqual([]);
  });

  it("lends the files of an archive, and goes on after a bomb of 200 MB", async () => {
    await using reader = await open();
    const read = async (bytes: Uint8Array) =>
      reader.unpack(
        { file: await fileOf(bytes) },
        (entries) => Promise.all(entries.map(({ file }) => readFile(file, "utf8"))),
        call,
      );
    expect(await read(writeZip([{ name: "a", content: "plums" }]))).toEqual(["plums"]);
    await expect(read(writeZip([{ name: "a", content: Buffer.alloc(200_000_000) }]))).rejects.toMatchObject({
      code: "ARCHIVE_TOO_LARGE",
    });
    expect(await staged()).toEqual([]);
    expect(await read(gzipSync(writeTar([{ name: "b", content: "figs" }])))).toEqual(["figs"]);
    expect(await read(Buffer.from("a text"))).toBeUndefined();
    const failure = new Error("of the receiver");
    const failing = reader.unpack({ file: await fileOf(gzipSync("x")) }, () => Promise.reject(failure), call);
    await expect(failing).rejects.toBe(failure);
    expect(await staged()).toEqual([]);
  });

  it("ends a child that takes too long, with what it had written", async () => {
    await using reader = await open({ timeoutMs: 300, entry: entryUrl(import.meta.url, "./endless-source-process") });
    const unpacking = reader.unpack({ file: await fileOf(gzipSync("x")) }, async () => "never", call);
    await expect(unpacking).rejects.toMatchObject({ code: "PARSER_TIMED_OUT" });
    expect(await staged()).toEqual([]);
  });
});
