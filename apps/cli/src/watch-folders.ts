import { sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { watch } from "chokidar";
import { isLeftOut } from "./find-files.ts";

export interface WatchPace {
  /** So long nothing may happen before changes are handed on: a file is written in several steps. @defaultValue 300 */
  readonly quietMs?: number;
  /** So long at most they are held back while more come. @defaultValue 5000 */
  readonly burstMs?: number;
}

export interface WatchedFolders extends AsyncDisposable {
  /** Batches of paths to which something happened, each path once a batch. Ends when the signal is aborted. */
  changes(signal: AbortSignal): AsyncGenerator<readonly string[]>;
}

/**
 * Watches files and folders, without what {@link isLeftOut}; what happens from now on is kept until it is asked for, a
 * path for each file and not for each event. Resolves when everything is watched.
 */
export async function watchFolders(
  roots: readonly string[],
  { quietMs = 300, burstMs = 5_000 }: WatchPace = {},
): Promise<WatchedFolders> {
  const changed = new Set<string>();
  let firstAtMs = 0;
  let lastAtMs = 0;
  let wake: () => void = () => undefined;
  const rootOf = (path: string) => roots.find((root) => path === root || path.startsWith(root + sep)) ?? path;
  const watcher = watch([...roots], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => path !== rootOf(path) && isLeftOut(path, rootOf(path)),
  });
  const note = (path: string): void => {
    lastAtMs = performance.now();
    if (changed.size === 0) firstAtMs = lastAtMs;
    changed.add(path);
    wake();
  };
  watcher.on("add", note).on("change", note).on("unlink", note);
  watcher.on("unlinkDir", (path) => roots.includes(path) && note(path)); // nothing more will be told of it
  await new Promise<void>((resolve, reject) => {
    watcher.once("ready", resolve);
    watcher.once("error", reject);
  });
  watcher.on("error", () => undefined); // a folder that went away while it was looked at; its files are told as gone

  async function something(signal: AbortSignal): Promise<void> {
    if (changed.size > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
      signal.addEventListener("abort", wake, { once: true });
    });
    signal.removeEventListener("abort", wake);
  }

  async function quiet(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = Math.min(lastAtMs + quietMs, firstAtMs + burstMs) - performance.now();
      if (waitMs <= 0) return;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async *changes(signal) {
      while (!signal.aborted) {
        await something(signal);
        await quiet(signal);
        if (signal.aborted) return;
        const batch = [...changed];
        changed.clear();
        yield batch;
      }
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}
