import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { watchFolders } from "./watch-folders.ts";

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "larder-watch-")));
  await writeFile(join(root, "old.md"), "old");
});
afterEach(() => rm(root, { recursive: true }));

const pace = { quietMs: 60, burstMs: 2_000 };

/** Batches until each of the names was in one. */
async function until(changes: AsyncGenerator<readonly string[]>, names: readonly string[]): Promise<readonly string[]> {
  const missing = new Set(names);
  const seen: string[] = [];
  while (missing.size > 0) {
    const { value, done } = await changes.next();
    if (done === true) throw new Error(`it ended before ${[...missing]}`);
    for (const path of value) {
      seen.push(path.slice(root.length + 1));
      missing.delete(path.slice(root.length + 1));
    }
  }
  return seen;
}

it("tells what is added, changed, renamed and deleted, and nothing of what is left out", async () => {
  const stop = new AbortController();
  await using watched = await watchFolders([root], pace);
  const changes = watched.changes(stop.signal);
  await mkdir(join(root, ".git"));
  await mkdir(join(root, "node_modules"));
  for (const name of [".git/HEAD", "node_modules/a.md", ".hidden.md", "~$lock.docx", "x.tmp", "draft.md~"]) {
    await writeFile(join(root, name), name);
  }
  await mkdir(join(root, "d"));
  await writeFile(join(root, "d", "new.md"), "new");
  const seen = [...(await until(changes, ["d/new.md"]))];
  await writeFile(join(root, "old.md"), "changed");
  seen.push(...(await until(changes, ["old.md"])));
  await rename(join(root, "old.md"), join(root, "renamed.md"));
  seen.push(...(await until(changes, ["old.md", "renamed.md"])));
  await rm(join(root, "d"), { recursive: true });
  seen.push(...(await until(changes, ["d/new.md"])));
  expect(new Set(seen)).toEqual(new Set(["d/new.md", "old.md", "renamed.md"]));
  stop.abort();
  expect(await changes.next()).toEqual({ done: true, value: undefined });
});

it("hands a burst on as few batches with each path once", async () => {
  await using watched = await watchFolders([root], pace);
  const names = Array.from({ length: 200 }, (_, i) => `${i}.md`);
  for (const name of names) {
    await writeFile(join(root, name), "first");
    await writeFile(join(root, name), "second");
  }
  const seen = await until(watched.changes(new AbortController().signal), names);
  expect(seen.length).toBeLessThan(400); // twice each were as many as there were events
});

it("ends at once when it is stopped while nothing happens", async () => {
  const stop = new AbortController();
  await using watched = await watchFolders([root], pace);
  const next = watched.changes(stop.signal).next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
