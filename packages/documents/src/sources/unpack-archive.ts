import { createReadStream } from "node:fs";
import type { ArchiveEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { kindOfBeginning, readBeginning } from "./archive-beginnings.ts";
import { ByteReader } from "./byte-reader.ts";
import { inflatedFile } from "./inflated-file.ts";
import { malformed, readTar } from "./read-tar.ts";
import { StagedEntries, tooLarge } from "./staged-entries.ts";
import { isTarHeader, tarBlockBytes } from "./tar-header.ts";
import { unpackZip } from "./unpack-zip.ts";

export interface UnpackOrder {
  readonly file: string;
  readonly fileName: string | undefined;
  /** An empty folder that the entries are written to. */
  readonly folder: string;
  readonly limits: ParseLimits;
}

/**
 * Writes the files of an archive to a folder. `undefined` for what is no archive. No archive inside is opened: it
 * becomes a file like any other.
 */
export async function unpackArchive(order: UnpackOrder): Promise<readonly ArchiveEntry[] | undefined> {
  const { file, folder, limits } = order;
  const staged = new StagedEntries(folder, limits);
  try {
    switch (kindOfBeginning(await readBeginning(file))) {
      case "zip":
        if (!(await unpackZip(file, staged, limits))) return undefined;
        break;
      case "gzip":
        await unpackGzip(order, staged);
        break;
      case "tar":
        await unpackTar(createReadStream(file), staged);
        break;
      case undefined:
        return undefined;
    }
  } catch (thrown) {
    const isFull = thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC";
    throw isFull ? new LarderError("STORE_FULL", { cause: thrown }) : thrown;
  }
  return staged.finish();
}

async function unpackTar(source: AsyncIterable<Uint8Array>, staged: StagedEntries): Promise<void> {
  for await (const entry of readTar(source)) {
    const path = staged.list(entry.name);
    if (!entry.isFolder) await staged.stage(path, entry.content);
  }
}

/** Around a TAR, or around a single file that is called as the archive is, without its ending. */
async function unpackGzip({ file, fileName, limits }: UnpackOrder, staged: StagedEntries): Promise<void> {
  const { inflatedBytesMax, inflatedRatioMax } = limits;
  const inflated = inflatedFile(file, {
    bytesMax: inflatedBytesMax,
    ratioMax: inflatedRatioMax,
    tooManyBytes: () => tooLarge("LARDER_PARSE_INFLATED_BYTES_MAX", { inflatedBytesMax }),
    tooHighRatio: () => tooLarge("LARDER_PARSE_INFLATED_RATIO_MAX", { inflatedRatioMax }),
    damaged: (cause) => malformed("gzip", cause),
  });
  const reader = new ByteReader(inflated);
  try {
    const head = await reader.take(tarBlockBytes);
    const all = after(head, reader.pass(Number.POSITIVE_INFINITY));
    if (isTarHeader(head)) return await unpackTar(all, staged);
    await staged.stage(staged.list(innerName(fileName)), all);
  } finally {
    await reader.close();
  }
}

async function* after(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

function innerName(fileName: string | undefined): string {
  const base = (fileName ?? "").split(/[/\\]/u).at(-1)?.replace(/\.gz$/iu, "") ?? "";
  return base === "" || base.startsWith(".") ? "document" : base;
}
