import { createHash, randomBytes } from "node:crypto";
import { statSync, unlinkSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Blob, BlobStore, Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { syncFolder } from "./sync-folder.ts";
import { takeUntilAborted } from "./take-until-aborted.ts";
import { resultCodeOf, toLarderError } from "./to-larder-error.ts";

export interface BlobFilesOptions {
  readonly folder: string;
}

/**
 * Blobs as files, named after their hash: `ab/cd/abcd….blob`.
 *
 * A put writes `PID-RANDOM.incoming` at the top of the folder, hashing as it goes; then fsync, rename to the name, fsync
 * of the folders. A name therefore only ever stands for complete, durable bytes, and a crash leaves at most an
 * `.incoming` file, which the next open takes away once its process is gone.
 *
 * @throws {@link LarderError} `DATA_DIR_UNUSABLE`, `STORE_FULL`
 */
export async function openBlobFiles({ folder }: BlobFilesOptions): Promise<BlobStore> {
  try {
    await mkdir(folder, { recursive: true });
    await removeStrays(folder);
  } catch (error) {
    throw toLarderError(error);
  }
  return {
    async put(source, { bytesMax }, call) {
      call.signal.throwIfAborted();
      const incoming = join(folder, `${process.pid}-${randomBytes(8).toString("hex")}${incomingEnding}`);
      beingWritten.add(incoming);
      try {
        const blob = await writeIncoming(incoming, source, bytesMax, call);
        await keep(folder, incoming, blob);
        return blob;
      } catch (error) {
        if (resultCodeOf(error) === undefined) throw error; // the source's own failure, or the signal's reason
        throw toLarderError(error);
      } finally {
        await rm(incoming, { force: true });
        beingWritten.delete(incoming);
      }
    },
    async localFile(sha256, call) {
      call.signal.throwIfAborted();
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      const file = fileOf(folder, sha256);
      return (await bytesIn(file)) === undefined ? undefined : file;
    },
  };
}

const incomingEnding = ".incoming";
/** Of this process, over all stores: its own unfinished files are not strays. */
const beingWritten = new Set<string>();

function fileOf(folder: string, sha256: string): string {
  return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), `${sha256}.blob`);
}

async function writeIncoming(
  file: string,
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
  call: Call,
): Promise<Blob> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const piece of takeUntilAborted(source, call.signal)) {
      bytes += piece.byteLength;
      if (bytes > bytesMax) throw new LarderError("DOCUMENT_TOO_LARGE", { details: { bytesMax } });
      hash.update(piece);
      await writeAll(handle, piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  call.signal.throwIfAborted();
  return { sha256: hash.digest("hex"), bytes };
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.byteLength; ) {
    offset += (await handle.write(piece, offset)).bytesWritten;
  }
}

/** Gives the file its name. A file of that name with other bytes in it was damaged; this one takes its place. */
async function keep(folder: string, incoming: string, { sha256, bytes }: Blob): Promise<void> {
  const file = fileOf(folder, sha256);
  const inner = dirname(file);
  beingKept.set(file, (beingKept.get(file) ?? 0) + 1);
  try {
    await mkdir(inner, { recursive: true });
    if ((await bytesIn(file)) !== bytes) await rename(incoming, file);
    else await utimes(file, new Date(), new Date()); // it is wanted again, before any document says so
  } finally {
    const others = (beingKept.get(file) ?? 1) - 1;
    if (others === 0) beingKept.delete(file);
    else beingKept.set(file, others);
  }
  // Also when the file was there: whoever renamed it may not have come to its own fsync yet.
  await syncTogether(inner);
  if (durableFolders.has(inner)) return;
  for (const above of [dirname(inner), folder]) await syncTogether(above);
  durableFolders.add(inner);
}

/** How many puts of this process are about to give a file its name or its time. */
const beingKept = new Map<string, number>();

/**
 * Removes a blob that no put touched since, in one go: nothing of this process comes between the look and the removal,
 * and one process alone puts.
 */
export function removeIfUntouched(file: string, sinceMs: number): boolean {
  if (beingKept.has(file)) return false;
  try {
    if (statSync(file).mtimeMs >= sinceMs) return false;
    unlinkSync(file);
    return true;
  } catch (error) {
    if (resultCodeOf(error) === "ENOENT") return false;
    throw toLarderError(error);
  }
}

/** Folders whose own names this process has synced: at most 65,536 of a store. */
const durableFolders = new Set<string>();
const syncsUnderWay = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();

/** One sync serves all who ask while an earlier one runs; that one may have begun before their change, so not they. */
function syncTogether(folder: string): Promise<void> {
  const underWay = syncsUnderWay.get(folder);
  if (underWay !== undefined) {
    underWay.next ??= underWay.running.catch(() => undefined).then(() => syncTogether(folder));
    return underWay.next;
  }
  const running = syncFolder(folder).finally(() => syncsUnderWay.delete(folder));
  syncsUnderWay.set(folder, { running });
  return running;
}

async function bytesIn(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (resultCodeOf(error) === "ENOENT") return undefined;
    throw toLarderError(error);
  }
}

async function removeStrays(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(incomingEnding)) continue;
    const file = join(folder, name);
    const pid = Number.parseInt(name, 10);
    const isInUse = pid === process.pid ? beingWritten.has(file) : isAlive(pid);
    if (!isInUse) await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, does not kill
    return true;
  } catch (error) {
    return resultCodeOf(error) === "EPERM"; // there, but another user's
  }
}
