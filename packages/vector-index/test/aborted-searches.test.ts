import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KnowledgeBaseId } from "@larder/contracts";
import { expect, it } from "vitest";
import { openVectorIndex } from "../src/index.ts";
import { call, embedderId, kb, temporaryFolder } from "./temporary-index.ts";

it("does not search for who left while the collection was read from the disk: the others would wait for it", async () => {
  await using folder = await temporaryFolder();
  const generation = join(folder.path, kb, "0000000001");
  await mkdir(generation, { recursive: true });
  const manifest = join(generation, "manifest.json");
  execFileSync("mkfifo", [manifest]); // a slow disk: opening it waits for a writer
  await using index = await openVectorIndex({ folder: folder.path, dimensions: 2, embedderId, hostsMax: 1 }, call);
  const abort = new AbortController();
  const search = (signal: AbortSignal) => index.search(kb, Float32Array.of(1, 2), { limit: 3 }, { signal });
  const left = Array.from({ length: 20 }, () => search(abort.signal));
  const waiting = search(call.signal);
  await delay(300); // all of them wait for the collection
  abort.abort();
  await expect(Promise.all(left)).rejects.toThrow();
  await Promise.allSettled(left);
  await index.audit("kb_another0" as KnowledgeBaseId, { samples: [], queries: 0 }, call); // so the host has heard of it
  await writeFile(manifest, "");
  await waiting;
  expect(await index.searchTimes(call)).toMatchObject([{ count: 1 }]);
});
