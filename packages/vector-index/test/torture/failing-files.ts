import { createRequire, syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The functions themselves, whose names every module imports: what is put in their place here, all of them call. */
const files = createRequire(import.meta.url)("node:fs/promises") as Record<
  string,
  (...all: never[]) => Promise<unknown>
>;
const names = ["open", "mkdir", "readdir", "rename", "rm", "stat", "readFile", "writeFile"] as const;
const handleNames = ["read", "write", "sync", "stat"] as const;

export type Failure = "ENOSPC" | "EIO" | "EMFILE" | "a short write";

/** Has one call fail, the `at`-th from now, as a disk would have it. Counts all, so that a caller knows when to stop. */
export class FailingFiles implements AsyncDisposable {
  calls = 0;
  hasFailed = false;
  #at = Number.POSITIVE_INFINITY;
  #failure: Failure = "EIO";
  readonly #restore: (() => void)[] = [];

  static async install(): Promise<FailingFiles> {
    const failing = new FailingFiles();
    const { open } = await import("node:fs/promises");
    const handle = await open(join(tmpdir(), `.larder-failing-${process.pid}`), "w");
    const prototype = Object.getPrototypeOf(handle) as typeof files;
    await handle.close();
    for (const name of names) failing.#wrap(files, name);
    for (const name of handleNames) failing.#wrap(prototype, name);
    syncBuiltinESMExports();
    return failing;
  }

  arm(at: number, failure: Failure): void {
    this.calls = 0;
    this.hasFailed = false;
    this.#at = at;
    this.#failure = failure;
  }

  disarm(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const restore of this.#restore) restore();
    syncBuiltinESMExports();
  }

  #wrap(owner: typeof files, name: string): void {
    const original = owner[name];
    if (original === undefined) return;
    const failing = this;
    owner[name] = function wrapped(this: unknown, ...all: never[]): Promise<unknown> {
      failing.calls += 1;
      if (failing.calls !== failing.#at) return original.apply(this, all);
      failing.hasFailed = true;
      if (failing.#failure !== "a short write") return Promise.reject(systemError(failing.#failure, name));
      const [bytes, offset = 0] = all as unknown as [Uint8Array, number?];
      if (name !== "write") return original.apply(this, all);
      // Half of it, then the disk is full.
      failing.#failure = "ENOSPC";
      failing.#at += 1;
      const half = Math.max(1, (bytes.byteLength - offset) >> 1);
      return original.apply(this, [bytes, offset, half] as unknown as never[]);
    };
    this.#restore.push(() => {
      owner[name] = original;
    });
  }
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: injected, ${syscall}`), { code, syscall });
}
