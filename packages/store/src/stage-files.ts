import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StageKey, StageStore } from "@larder/contracts";
import { resultCodeOf, toLarderError } from "./to-larder-error.ts";

export interface StageFilesOptions {
  readonly folder: string;
}

/**
 * Stages as files, all in one folder: `SHA256-KIND-MADEBY.stage`, where MADEBY is the start of a hash over the ids of what
 * made it. A file is 32 bytes of SHA-256 over the rest, then the content. It is written as `RANDOM.incoming`, synced, and
 * renamed, so that a name stands for whole content; a reader checks the hash all the same, and takes damage for absence.
 *
 * @throws {@link LarderError} `DATA_DIR_UNUSABLE`, `STORE_FULL`
 */
export async function openStageFiles({ folder }: StageFilesOptions): Promise<StageStore> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw toLarderError(error);
  }
  return {
    async read(key, call) {
      call.signal.throwIfAborted();
      try {
        const bytes = await readFile(join(folder, nameOf(key)));
        const content = bytes.subarray(hashBytes);
        return sha256Of(content).equals(bytes.subarray(0, hashBytes)) ? content : undefined;
      } catch (error) {
        if (resultCodeOf(error) === "ENOENT") return undefined;
        throw toLarderError(error);
      }
    },
    async write(key, content, call) {
      call.signal.throwIfAborted();
      const incoming = join(folder, `${randomBytes(8).toString("hex")}${incomingEnding}`);
      try {
        await writeDurably(incoming, content);
        await rename(incoming, join(folder, nameOf(key)));
        await syncFolder(folder);
      } catch (error) {
        await rm(incoming, { force: true });
        throw toLarderError(error);
      }
    },
    async remove(sha256) {
      for (const name of await readdir(folder)) {
        if (name.startsWith(`${sha256}-`)) await rm(join(folder, name), { force: true });
      }
    },
    async held() {
      const names = await readdir(folder);
      return [...new Set(names.flatMap((name) => name.match(/^([0-9a-f]{64})-.*\.stage$/)?.[1] ?? []))];
    },
  };
}

/** What no task waits for, and what a dead process left half-written. To be called before any worker starts. */
export async function sweepStages(
  { folder }: StageFilesOptions,
  stages: StageStore,
  awaited: (sha256s: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  const held = await stages.held();
  const needed = await awaited(held);
  for (const sha256 of held) if (!needed.has(sha256)) await stages.remove(sha256);
  for (const name of await readdir(folder)) {
    if (name.endsWith(incomingEnding)) await rm(join(folder, name), { force: true });
  }
}

const incomingEnding = ".incoming";
const hashBytes = 32;

function nameOf({ sha256, kind, madeBy }: StageKey): string {
  const maker = sha256Of(Buffer.from(JSON.stringify(madeBy)))
    .toString("hex")
    .slice(0, 24);
  return `${sha256}-${kind}-${maker}.stage`;
}

function sha256Of(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(sha256Of(content));
    await handle.writeFile(content); // goes on where the first one ended
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
