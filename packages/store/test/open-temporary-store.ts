import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManualClock } from "@larder/testkit";
import { createCountingIds, createManualClock } from "@larder/testkit";
import type { SqliteStore, SqliteStoreOptions } from "../src/open-sqlite-store.ts";
import { openSqliteStore } from "../src/open-sqlite-store.ts";

export interface TemporaryStore extends SqliteStore {
  readonly file: string;
  readonly clock: ManualClock;
}

/** A real store on a folder of its own, which goes when it is closed. */
export async function openTemporaryStore(options: Partial<SqliteStoreOptions> = {}): Promise<TemporaryStore> {
  const folder = await mkdtemp(join(tmpdir(), "larder-store-"));
  const file = join(folder, "larder.sqlite");
  const clock = createManualClock();
  const store = await openSqliteStore({ file, clock, ids: createCountingIds(), ...options });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...store, file, clock, close, [Symbol.asyncDispose]: close };
}
