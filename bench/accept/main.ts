/**
 * `npm run bench:accept [-- --documents 1000,10000]`: ZIP archives of short, all different files, each sent to a real
 * server of its own process, and how long others wait meanwhile: a thread asks for its health, one request after the
 * other. Then the same documents straight into a store, in one call: what the transaction takes, and the longest that
 * it keeps its process from anything else; and what publishing them there in groups takes, a passage each. Prints the
 * processor's time beside it, which other work on the machine lengthens less. Loopback only, folders of its own, which go
 * at the end.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Upload } from "@larder/contracts";
import type { SqliteStore } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import { createCountingIds, createKnowledgeBaseIn, finishedOf, realClock, testCall, writeZip } from "@larder/testkit";
import { startLarder } from "../../test/kill/larder-process.ts";

const { values } = parseArgs({ options: { documents: { type: "string", default: "1000,10000" } } });
const sizes = values.documents.split(",").map((size) => Math.min(Math.max(1, Math.trunc(Number(size))), 10_000));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const textOf = (i: number): string => `# Note ${i}\n\nOne of many, and like none of the others.\n`;

/** Asks one request after the other until it is told to stop; posts how long each took, in milliseconds. */
const asking = `
const { parentPort, workerData } = require("node:worker_threads");
let isOver = false;
parentPort.once("message", () => { isOver = true; });
(async () => {
  const took = [];
  while (!isOver) {
    const startedMs = performance.now();
    await fetch(workerData.url).then((response) => response.arrayBuffer()).catch(() => undefined); // a reset is a wait too
    took.push(performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  parentPort.postMessage(took);
})();
`;

async function whileAsking<T>(url: string, work: () => Promise<T>): Promise<{ result: T; took: number[] }> {
  const thread = new Worker(asking, { eval: true, execArgv: [], workerData: { url } });
  const ended = new Promise<number[]>((resolve, reject) => thread.once("message", resolve).once("error", reject));
  const result = await work();
  thread.postMessage("stop");
  return { result, took: (await ended).toSorted((a, b) => a - b) };
}

const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);

async function sendArchive(size: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "larder-accept-"));
  const server = await startLarder(dataDir, { env: { LARDER_REQUEST_TIMEOUT_MS: "600000" } });
  try {
    const json = { "content-type": "application/json" };
    const made = await fetch(`${server.url}/v1/knowledge-bases`, {
      method: "POST",
      headers: json,
      body: '{"name":"a"}',
    });
    const { id } = (await made.json()) as { id: string };
    const files = Array.from({ length: size }, (_, i) => ({
      name: `note-${i}.md`,
      content: textOf(i),
      isDeflated: false,
    }));
    const form = new FormData();
    form.append("file", new File([new Uint8Array(writeZip(files))], "notes.zip"));
    const health = `${server.url}/health/live`;
    const idle = await whileAsking(health, () => new Promise((resolve) => setTimeout(resolve, 2_000)));
    const startedMs = performance.now();
    const { result: response, took } = await whileAsking(health, () =>
      fetch(`${server.url}/v1/knowledge-bases/${id}/documents`, { method: "POST", body: form }),
    );
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    const wait = `p95 ${quantile(took, 0.95)} ms, longest ${quantile(took, 1)} ms`;
    const idleWait = `idle: p95 ${quantile(idle.took, 0.95)} ms, longest ${quantile(idle.took, 1)} ms`;
    print(`archive of ${size}: status ${response.status} after ${seconds} s; health ${wait} (${idleWait})`);
  } finally {
    server.kill("SIGTERM");
    await server.exited;
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function acceptInStore(size: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "larder-accept-"));
  const ports = { clock: realClock, ids: createCountingIds("a") };
  await using store = await openSqliteStore({ file: join(folder, "larder.sqlite"), ...ports });
  try {
    const id = await createKnowledgeBaseIn(store.documents);
    const uploads = Array.from({ length: size }, (_, i): Upload => {
      const sha256 = createHash("sha256").update(textOf(i)).digest("hex");
      const path = `notes/note-${i}.md`;
      return {
        sha256,
        bytes: 60,
        title: path,
        fileName: path,
        mediaType: "text/plain",
        metadata: {},
        externalId: path,
      };
    });
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    await new Promise((resolve) => setTimeout(resolve, 20)); // a turn to measure from
    const before = process.cpuUsage();
    const startedMs = performance.now();
    await store.documents.accept(id, uploads, testCall);
    const wallMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(before);
    await new Promise((resolve) => setTimeout(resolve, 20)); // a turn in which the last delay is seen
    const processorMs = (user + system) / 1_000;
    const each = `${((processorMs / size) * 1_000).toFixed(0)} µs of the processor a document`;
    print(`store, ${size}: ${wallMs.toFixed(0)} ms, ${each}; loop held ${(delays.max / 1e6).toFixed(0)} ms at most`);
    await publishAll(store, size);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a worker does with the store, without what it does to texts. */
async function publishAll({ documents }: SqliteStore, size: number): Promise<void> {
  const limits = { name: "bench", leaseMs: 60_000, tasksMax: 32, bytesMax: 2 ** 20 };
  let microseconds = 0;
  for (;;) {
    const tasks = await documents.leaseGroup(limits, testCall);
    if (tasks.length === 0) break;
    const finished = tasks.map((task) => ({ task, version: finishedOf(`One passage of ${task.documentId}.`) }));
    const before = process.cpuUsage();
    await documents.finishGroup(finished, testCall);
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
  }
  print(`store, ${size}: published, ${(microseconds / size).toFixed(0)} µs of the processor a document`);
}

for (const size of sizes) await acceptInStore(size);
for (const size of sizes) await sendArchive(size);
