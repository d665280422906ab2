import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  /** How long the last ones may take after all are sent. */
  readonly drainMs: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly failed: number;
  readonly unfinished: number;
  readonly sendSeconds: number;
  /** To the first word and to `[DONE]`, of those that ended well after the first second; unordered. */
  readonly firstMs: readonly number[];
  readonly doneMs: readonly number[];
}

/** Forks a file of this folder with the loader that runs sources. It ends when this process lets go of it. */
export function forkHere(
  file: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): ChildProcess {
  return fork(new URL(file, import.meta.url), args, { env: { ...process.env, ...env }, execArgv: process.execArgv });
}

/** The same for what is measured: as one bundle and without that loader, which is how `larder serve` runs. */
export function forkBundled(file: string, env: Readonly<Record<string, string>>): ChildProcess {
  const runner = new URL("../../packages/child-process/scripts/run-source.mjs", import.meta.url);
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(runner, [path], { env: { ...process.env, ...env }, execArgv: [] });
}

export async function firstMessage<T>(child: ChildProcess, waitMs: number): Promise<T> {
  const [message] = await once(child, "message", { signal: AbortSignal.timeout(waitMs) });
  return message as T;
}

/** One load from a process of its own, which is stopped when it takes far longer than it may. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const child = forkHere("load-process.ts");
  try {
    child.send(load);
    return await firstMessage<LoadResult>(child, load.seconds * 3_000 + load.drainMs + 20_000);
  } finally {
    child.kill();
  }
}

/** By the nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
