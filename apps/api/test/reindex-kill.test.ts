import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { openStore } from "../src/compose.ts";
import type { RunningServer } from "../src/index.ts";
import { runServer } from "../src/index.ts";

const replySchema = z.looseObject({
  id: z.string().default(""),
  generation: z.number().default(0),
  reindexing: z.unknown().optional(),
  counts: z.looseObject({ documents: z.number().default(0), passages: z.number().default(0) }).optional(),
  evidence: z.array(z.looseObject({ document_id: z.string() })).default([]),
});

const documents = 12;
const large = { LARDER_PASSAGE_TOKENS_TARGET: "400", LARDER_PASSAGE_TOKENS_MAX: "500" };
const small = { LARDER_PASSAGE_TOKENS_TARGET: "60", LARDER_PASSAGE_TOKENS_MAX: "120" };

let folder: string;
let kb: string;
/** Passages by the splitter's settings, from runs that nobody killed. */
const calm = new Map<typeof large, number>();

const start = (more: Readonly<Record<string, string>>) =>
  runServer({
    ...{ LARDER_DATA_DIR: folder, LARDER_PORT: "0", LARDER_LOG_LEVEL: "silent" },
    ...{ LARDER_GROUP_DOCUMENTS_MAX: "4", LARDER_REINDEX_REMAINS_MS: "0", ...more },
  });

async function ask({ url }: RunningServer, path: string, value?: unknown) {
  const sent = value === undefined ? {} : { method: "POST", body: JSON.stringify(value) };
  const headers = { "content-type": "application/json" };
  return replySchema.parse(await (await fetch(`${url}/v1/knowledge-bases${path}`, { ...sent, headers })).json());
}

async function reachGeneration(server: RunningServer, generation: number) {
  for (;;) {
    const now = await ask(server, `/${kb}`);
    if (now.generation >= generation) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What no reader of the API sees: rows of every generation but the live one are gone, and the rest agrees. */
async function isSound(): Promise<readonly string[]> {
  const store = await openStore(folder);
  try {
    const call = { signal: AbortSignal.timeout(60_000) };
    while (await store.documents.removeRemains(0, call));
    return (await store.checkIntegrity(call)).problems;
  } finally {
    await store.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-reindex-kill-"));
  const server = await start(large);
  kb = (await ask(server, "", { name: "harbour" })).id;
  for (let i = 0; i < documents; i++) {
    const text = Array.from(
      { length: 5 },
      (_, j) => `Pier ${i} has berth ${j}. ${"The ferry leaves at noon. ".repeat(9)}`,
    );
    await ask(server, `/${kb}/documents?wait_ms=60000`, { text: text.join("\n\n"), title: `Pier ${i}` });
  }
  calm.set(large, (await ask(server, `/${kb}`)).counts?.passages ?? 0);
  await server.close();
  const again = await start(small);
  calm.set(small, (await reachGeneration(again, 2)).counts?.passages ?? 0);
  await again.close();
  expect(calm.get(small)).toBeGreaterThan(calm.get(large) ?? 0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ["before-publish:2", large, 3],
  ["after-swap", small, 4],
  ["after-remains", large, 5],
] as const)("is finished when the worker is killed at %s", async (failPoint, settings, generation) => {
  const server = await start({ ...settings, LARDER_FAIL_POINT: failPoint });
  try {
    const { counts, reindexing } = await reachGeneration(server, generation);
    expect(reindexing).toBeNull();
    expect(counts).toMatchObject({ documents, passages: calm.get(settings) });
    const { evidence } = await ask(server, `/${kb}/search`, { query: "ferry at noon", limit: 100 });
    expect(new Set(evidence.map(({ document_id }) => document_id)).size).toBe(documents);
  } finally {
    await server.close();
  }
  expect(await isSound()).toEqual([]);
});
