import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isCheckpointDamage } from "./checkpoint-damage.ts";
import { graphIn } from "./checkpoint-files.ts";
import { syncPath } from "./durable-files.ts";

export const generationsKept = 2;
const badKept = 2; // for whoever looks into it; more would fill the disk
const generationName = /^\d{10}$/;
const badName = /\.bad-\d+$/;

/**
 * The numbered checkpoints of one collection, each a folder that appears whole or not at all:
 *
 *     0000000007/              the newest generation
 *     0000000006/              the one before, in case the newest is damaged
 *     0000000005.bad-1/        quarantined: its content did not match its manifest
 *     0000000008.tmp/          being written, or left by a process that was killed: never read
 */
export class Generations {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Gives what `read` makes of the newest generation that it accepts. One that it finds damaged is quarantined and the
   * one before is tried. `undefined` when there is none.
   */
  async openNewest<T>(read: (folder: string) => Promise<T>): Promise<T | undefined> {
    await this.#removeStray();
    for (const number of (await this.#numbers()).toReversed()) {
      const folder = this.#path(number);
      try {
        return await read(folder);
      } catch (thrown) {
        if (!isCheckpointDamage(thrown)) throw thrown;
        await quarantine(folder);
      }
    }
    return undefined;
  }

  /** What `read` makes of each generation, the oldest first; those that it does not accept are left out. */
  async readAll<T>(read: (folder: string) => Promise<T>): Promise<T[]> {
    const all = await Promise.allSettled((await this.#numbers()).map((number) => read(this.#path(number))));
    return all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  /** Has `write` fill a temporary folder, then makes it the newest generation by one rename. */
  async add(write: (folder: string) => Promise<void>): Promise<void> {
    await mkdir(dirname(this.#folder), { recursive: true });
    // Not recursive: of a file system that cannot be written to that would say ENOENT.
    await mkdir(this.#folder).catch((thrown: unknown) => {
      if (!isCode(thrown, "EEXIST")) throw thrown;
    });
    await syncPath(dirname(this.#folder));
    const number = ((await this.#numbers()).at(-1) ?? 0) + 1;
    const temporary = `${this.#path(number)}.tmp`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    try {
      await write(temporary);
      await syncPath(temporary);
      await rename(temporary, this.#path(number));
    } catch (thrown) {
      // A failed write or sync is never tried again on the same file: what the disk holds of it is unknown.
      await rm(temporary, { recursive: true, force: true });
      throw thrown;
    }
    await syncPath(this.#folder);
    await this.#prune();
  }

  /** Quarantines the graph of every generation: it is built anew from the vectors. */
  async distrustGraphs(): Promise<void> {
    for (const number of await this.#numbers()) await quarantine(graphIn(this.#path(number)));
  }

  /** Removes all generations; a crash in between leaves none of them readable under its name. */
  async drop(): Promise<void> {
    const dropped = `${this.#folder}.dropped`;
    await rm(dropped, { recursive: true, force: true });
    await rename(this.#folder, dropped).catch(ignoreMissing);
    await rm(dropped, { recursive: true, force: true });
  }

  #path(number: number): string {
    return join(this.#folder, String(number).padStart(10, "0"));
  }

  async #numbers(): Promise<number[]> {
    const names = await this.#names();
    return names.filter((name) => generationName.test(name)).map(Number);
  }

  /** Sorted. Whatever else stands at the folder's place is moved away. */
  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).toSorted();
    } catch (thrown) {
      if (isCode(thrown, "ENOTDIR")) await quarantine(this.#folder);
      else ignoreMissing(thrown);
      return [];
    }
  }

  async #removeStray(): Promise<void> {
    const stray = (await this.#names()).filter((name) => name.endsWith(".tmp"));
    const paths = [...stray.map((name) => join(this.#folder, name)), `${this.#folder}.dropped`];
    await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined))); // read-only
  }

  async #prune(): Promise<void> {
    const names = await this.#names();
    const old = names.filter((name) => generationName.test(name)).slice(0, -generationsKept);
    const bad = names.filter((name) => badName.test(name)).slice(0, -badKept);
    const stray = names.filter((name) => name.endsWith(".tmp")); // what could not be removed before, such as on a full disk
    await Promise.all(
      [...old, ...bad, ...stray].map((name) => rm(join(this.#folder, name), { recursive: true, force: true })),
    );
  }
}

/**
 * Renames a file or folder to the first free `*.bad-<n>`, so that nothing reads it again. On a disk that cannot be written
 * to it stays where it is, and is found damaged again by the next who reads it.
 */
export async function quarantine(path: string): Promise<void> {
  for (let n = 1; ; n++) {
    const bad = `${path}.bad-${n}`;
    const isFree = await stat(bad).then(
      () => false,
      () => true,
    );
    if (isFree) return rename(path, bad).catch(() => undefined);
  }
}

function ignoreMissing(thrown: unknown): void {
  if (!isCode(thrown, "ENOENT")) throw thrown;
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
