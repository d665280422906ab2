import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Call, DocumentReader } from "@larder/contracts";
import type { BlobFilesOptions } from "./blob-files.ts";
import { removeIfUntouched } from "./blob-files.ts";

export interface SweepOptions extends BlobFilesOptions {
  /** Of bytes that were put or sent again so lately, a document may yet be made. */
  readonly ageMs: number;
  readonly nowMs: number;
}

const twoDigits = /^[0-9a-f]{2}$/;

/**
 * Removes blobs that no document has: of deleted and replaced ones, of archives, whose files have blobs of their own, and
 * of uploads that came to nothing. To be called by the process that puts. How many there were.
 * @throws {@link LarderError} `STORE_BUSY`, `DATA_DIR_UNUSABLE`
 */
export async function sweepBlobs(
  { folder, ageMs, nowMs }: SweepOptions,
  { sha256sFrom }: Pick<DocumentReader, "sha256sFrom">,
  call: Call,
): Promise<number> {
  let removed = 0;
  for (const outer of (await readdir(folder)).filter((name) => twoDigits.test(name))) {
    // The names first: what a document gets later was put or touched later.
    const files = await blobsIn(join(folder, outer));
    const named = files.length === 0 ? new Set<string>() : await sha256sFrom(outer, call);
    for (const { file, sha256 } of files) {
      if (!named.has(sha256) && removeIfUntouched(file, nowMs - ageMs)) removed += 1;
    }
  }
  return removed;
}

async function blobsIn(outer: string): Promise<readonly { readonly file: string; readonly sha256: string }[]> {
  const found: { file: string; sha256: string }[] = [];
  for (const inner of (await readdir(outer)).filter((name) => twoDigits.test(name))) {
    for (const name of await readdir(join(outer, inner))) {
      const sha256 = /^([0-9a-f]{64})\.blob$/.exec(name)?.[1];
      if (sha256 !== undefined) found.push({ file: join(outer, inner, name), sha256 });
    }
  }
  return found;
}
