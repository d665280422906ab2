import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import type { LarderProcess } from "./larder-process.ts";
import { startLarder } from "./larder-process.ts";
import { isRunning, processTree } from "./process-tree.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * The promise under test: however often every process is killed while documents are made anew, each of them is found by
 * every search in between, and in the end all are of the new make. More of it: `LARDER_KILLS=200 npm run test:kill`.
 */
const kills = Math.min(200, Number(process.env.LARDER_KILLS ?? 5));
const seed = Number(process.env.LARDER_SEED ?? Date.now() % 1_000_000);
const documents = 12; // of at most eight passages: all of them are read by every search
const settings = [
  { LARDER_EMBEDDING_DIMENSIONS: "128", LARDER_PASSAGE_TOKENS_TARGET: "60", LARDER_PASSAGE_TOKENS_MAX: "120" },
  { LARDER_PASSAGE_TOKENS_TARGET: "400", LARDER_PASSAGE_TOKENS_MAX: "500" },
];
const servers: LarderProcess[] = [];
let folder: string | undefined;

afterAll(async () => {
  for (const server of servers) if (isRunning(server.pid)) server.kill("SIGKILL");
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function start(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<LarderProcess> {
  const server = await startLarder(dataDir, { isBuilt: true, env: { LARDER_REINDEX_REMAINS_MS: "0", ...env } });
  servers.push(server);
  return server;
}

async function killAll(server: LarderProcess): Promise<void> {
  const tree = processTree(server.pid);
  for (const pid of tree) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  await server.exited;
  await expect.poll(() => tree.filter(isRunning), { timeout: 10_000 }).toEqual([]);
}

interface Reply {
  readonly id: string;
  readonly generation: number;
  readonly reindexing: unknown;
  readonly evidence: readonly { readonly document_id: string }[];
  readonly counts: { readonly documents: number };
}

async function ask({ url }: LarderProcess, path: string, value?: unknown): Promise<Reply> {
  const sent = value === undefined ? {} : { method: "POST", body: JSON.stringify(value) };
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/v1/knowledge-bases${path}`, { ...sent, headers });
  return (await response.json()) as Reply;
}

it.runIf(process.platform === "linux")(
  `makes every document anew though all processes are killed ${kills} times`,
  { timeout: 180_000 + kills * 30_000 },
  async () => {
    console.info(`seed ${seed}: LARDER_SEED=${seed} npm run test:kill repeats the moments`);
    const random = seededRandom(seed);
    folder = await mkdtemp(join(tmpdir(), "larder-reindex-"));
    let server = await start(folder);
    const { id: kb } = await ask(server, "", { name: "harbour" });
    for (let i = 0; i < documents; i += 1) {
      const text = Array.from(
        { length: 4 },
        (_, j) => `Pier ${i}, berth ${j}. ${"The ferry leaves at noon. ".repeat(9)}`,
      );
      await ask(server, `/${kb}/documents?wait_ms=60000`, { text: text.join("\n\n"), title: `Pier ${i}` });
    }
    const found = async () => {
      const { evidence } = await ask(server, `/${kb}/search`, { query: "ferry at noon", limit: 100 });
      return new Set(evidence.map(({ document_id }) => document_id)).size;
    };
    const all = await found();
    for (let round = 0; round < kills; round += 1) {
      await killAll(server);
      server = await start(folder, settings[Math.floor(round / 3) % settings.length]); // another target now and then
      await delay(random() * 1_500);
      expect(await found()).toBe(all);
    }
    await expect
      .poll(async () => (await ask(server, `/${kb}`)).reindexing, { timeout: 120_000, interval: 200 })
      .toBeNull();
    expect(await found()).toBe(all);
    expect((await ask(server, `/${kb}`)).counts.documents).toBe(documents);
    expect((await ask(server, `/${kb}`)).generation).toBeGreaterThan(1);
    server.kill("SIGTERM");
    await server.exited;
  },
);
