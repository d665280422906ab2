import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Make } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { openSqliteStore } from "@larder/store";
import { addReady, realClock as clock, createCountingIds, createKnowledgeBaseIn } from "@larder/testkit";
import { expect, it } from "vitest";
import { createReindexer } from "../src/index.ts";
import { call } from "./open-parts.ts";

const make = { embedderId: "embedder@1", parserId: "parser@1", splitterId: "splitter@2" } as Make;

it("makes the other knowledge bases anew while one has trouble, and that one once it has none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-reindexer-"));
  const opened = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids: createCountingIds() });
  const store = opened.documents;
  const [first, second] = [await createKnowledgeBaseIn(store, "first"), await createKnowledgeBaseIn(store, "second")];
  await addReady(store, first, "pear one");
  await addReady(store, second, "pear two");
  let isInTrouble = true;
  const troubles: unknown[] = [];
  const abort = new AbortController();
  const running = createReindexer({
    store: {
      ...store,
      async isMadeOtherwise(id, wanted, of) {
        if (id === first && isInTrouble) throw new LarderError("STORE_BUSY");
        return store.isMadeOtherwise(id, wanted, of);
      },
    },
    ...{ make, isAutomatic: true, pollMs: 5, onTrouble: (cause: unknown) => void troubles.push(cause) },
  }).run({ signal: abort.signal });
  const begun = async () => (await store.reindexings(call)).map(({ knowledgeBaseId }) => knowledgeBaseId).toSorted();
  await expect.poll(begun).toEqual([second]);
  await expect.poll(() => store.lease({ name: "w", leaseMs: 60_000 }, call)).toMatchObject({ remadeFor: 2 });
  expect(troubles.length).toBeGreaterThan(0);
  isInTrouble = false;
  await expect.poll(begun).toEqual([first, second].toSorted());
  abort.abort();
  await running;
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});
