import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import type { GeneratedFile } from "./generated-files.ts";
import { generateFiles } from "./generated-files.ts";
import type { LarderProcess } from "./larder-process.ts";
import { startLarder } from "./larder-process.ts";
import { isRunning, processTree } from "./process-tree.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * The promise under test: an acknowledged document survives the death of any process, an unacknowledged one is there
 * whole or not at all, and search afterwards is the search of a run that was never killed. More of it:
 * `LARDER_KILLS=1000 npm run test:kill`.
 */
const kills = Number(process.env.LARDER_KILLS ?? 20);
const seed = Number(process.env.LARDER_SEED ?? Date.now() % 1_000_000);
const filesPerKill = 10;
const filesComparedMax = 250; // with three passages each, all are candidates of every search; then scores are equal too
const files = generateFiles(kills * filesPerKill, seed);
const folders: string[] = [];
const servers: LarderProcess[] = [];

afterAll(async () => {
  for (const server of servers) if (isRunning(server.pid)) server.kill("SIGKILL");
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "larder-kill-"));
  folders.push(folder);
  return folder;
}

async function start(folder: string): Promise<LarderProcess> {
  const server = await startLarder(folder);
  servers.push(server);
  return server;
}

it.runIf(process.platform === "linux")(
  `loses nothing when any process is killed ${kills} times`,
  { timeout: 120_000 + kills * 15_000 },
  async () => {
    console.info(`seed ${seed}: LARDER_SEED=${seed} npm run test:kill repeats the choice of victims`);
    const random = seededRandom(seed);
    const folder = await makeFolder();
    let server = await start(folder);
    const knowledgeBase = await createKnowledgeBase(server.url);
    const acknowledged = new Set<GeneratedFile>();
    const victims: string[] = [];

    for (let round = 0; round < kills; round += 1) {
      const batch = files.slice(round * filesPerKill, (round + 1) * filesPerKill);
      const uploads = batch.map((file) =>
        upload(server.url, knowledgeBase, file).then((ok) => ok && acknowledged.add(file)),
      );
      await delay(random() * 700);
      const tree = processTree(server.pid);
      const victim = tree[Math.floor(random() * tree.length)] ?? server.pid;
      process.kill(victim, "SIGKILL");
      victims.push(victim === server.pid ? "server" : "child");
      await Promise.all(uploads);
      if (victim !== server.pid) continue;
      await server.exited;
      await expect.poll(() => tree.filter(isRunning), { timeout: 10_000 }).toEqual([]); // no orphan holds the folder
      server = await start(folder);
    }
    expect(victims).toHaveLength(kills);

    await waitUntilIdle(server.url, knowledgeBase);
    const documents = await listDocuments(server.url, knowledgeBase);
    const bySha = new Map(documents.map((document) => [document.sha256, document]));
    expect(bySha.size, "no bytes twice").toBe(documents.length);
    for (const file of acknowledged) expect(bySha.has(sha256(file.text)), `${file.name} was acknowledged`).toBe(true);
    const present = files.filter((file) => bySha.has(sha256(file.text)));
    expect(present).toHaveLength(documents.length);
    for (const file of present) {
      const document = bySha.get(sha256(file.text));
      expect(document, file.name).toMatchObject({ status: "ready", error: null });
      const path = `${server.url}/v1/knowledge-bases/${knowledgeBase}/documents/${document?.id}`;
      const { text } = (await getJson(`${path}/content`)) as { text: string };
      expect(text, `${file.name} is complete`).toBe(file.text);
    }
    const after = await searchAll(server.url, knowledgeBase, present);
    server.kill("SIGTERM");
    await server.exited;

    const calm = await start(await makeFolder());
    const calmBase = await createKnowledgeBase(calm.url);
    for (const file of present) expect(await upload(calm.url, calmBase, file)).toBe(true);
    await waitUntilIdle(calm.url, calmBase);
    const expected = await searchAll(calm.url, calmBase, present);
    if (present.length <= filesComparedMax) expect(after).toEqual(expected);
    calm.kill("SIGTERM");
    await calm.exited;
    console.info(
      `${acknowledged.size} of ${files.length} acknowledged, ${present.length} present, victims: ${victims.join(" ")}`,
    );
  },
);

async function createKnowledgeBase(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/knowledge-bases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "reports" }),
  });
  return ((await response.json()) as { id: string }).id;
}

/** Whether the upload was acknowledged. Not being so may mean either way: that is what the test looks at. */
async function upload(url: string, knowledgeBase: string, file: GeneratedFile): Promise<boolean> {
  const form = new FormData();
  form.set("file", new File([file.text], file.name));
  try {
    const response = await fetch(`${url}/v1/knowledge-bases/${knowledgeBase}/documents`, {
      method: "POST",
      body: form,
    });
    await response.arrayBuffer();
    return response.status === 202;
  } catch {
    return false;
  }
}

interface DocumentRow {
  readonly id: string;
  readonly sha256: string;
  readonly status: string;
  readonly error: unknown;
}

async function listDocuments(url: string, knowledgeBase: string): Promise<DocumentRow[]> {
  const rows: DocumentRow[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await getJson(`${url}/v1/knowledge-bases/${knowledgeBase}/documents?limit=200${query}`)) as {
      data: DocumentRow[];
      next_cursor: string | null;
    };
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

async function waitUntilIdle(url: string, knowledgeBase: string): Promise<void> {
  await expect
    .poll(
      async () =>
        (await listDocuments(url, knowledgeBase)).filter(({ status }) => status !== "ready" && status !== "failed"),
      { timeout: 90_000, interval: 250 },
    )
    .toEqual([]);
}

/** For a sample of questions, what search finds, without the ids and titles that differ between runs. */
async function searchAll(url: string, knowledgeBase: string, present: readonly GeneratedFile[]): Promise<unknown> {
  const found: unknown[] = [];
  for (const file of present.filter((_, i) => i % 5 === 0)) {
    const response = await fetch(`${url}/v1/knowledge-bases/${knowledgeBase}/search`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: file.question, limit: 10, token_budget: 2_000 }),
    });
    const body = (await response.json()) as {
      evidence: { text: string; start: number; score: number }[];
      degraded: string[];
    };
    expect(body.degraded).toEqual([]);
    found.push(body.evidence.map(({ text, start, score }) => ({ text, start, score })));
    expect(body.evidence[0]?.text, file.question).toContain(file.question.match(/codeword\w+/)?.[0]);
  }
  return found;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return response.json();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
