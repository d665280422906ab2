import { execFile } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

function isFull(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC";
}

const run = promisify(execFile);

/** A file system of its own in memory, which can be filled up and made read-only. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all room but so many bytes. */
  leave(bytes: number): Promise<void>;
  /** Gives back what {@link leave} took. */
  giveBack(): Promise<void>;
  setReadOnly(isReadOnly: boolean): Promise<void>;
}

/** Rejects with a reason where this machine does not let us mount. */
export async function mountSmallDisk(path: string, bytes: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path]);
  const filler = join(path, "filler");
  return {
    path,
    async leave(left) {
      await rm(filler, { force: true });
      const { bavail, bsize } = await statfs(path);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - left))).catch((thrown: unknown) => {
        if (!isFull(thrown)) throw thrown; // somebody else was quicker
      });
    },
    giveBack: () => rm(filler, { force: true }),
    async setReadOnly(isReadOnly) {
      await run("mount", ["-o", `remount,${isReadOnly ? "ro" : "rw"}`, path]);
    },
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", path]);
    },
  };
}
