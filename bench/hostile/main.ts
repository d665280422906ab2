/**
 * `npm run bench:hostile [-- --rounds 3 --seconds 15 --every 20]`: how long other requests take while hostile files are
 * taken in, against the same server when it has nothing to do; the two alternate in one run. Searches and status requests
 * come at a steady rate, whether or not the last one was answered. The server, its worker, and
 * who sends the hostile files are processes of their own.
 */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "15" },
    every: { type: "string", default: "20" },
  },
});
const rounds = Math.min(Math.max(1, Number(values.rounds)), 100);
const roundMs = Math.min(Math.max(1, Number(values.seconds)), 600) * 1_000;
const everyMs = Math.min(Math.max(1, Number(values.every)), 1_000);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), "larder-hostile-"));
const child = fork(fileURLToPath(new URL("./server-process.ts", import.meta.url)), [folder]);
const [url] = (await once(child, "message")) as [string];

let sender: ChildProcess | undefined;

try {
  const { id } = await ask<{ id: string }>("/v1/knowledge-bases", jsonOf({ name: "hostile" }));
  const path = `/v1/knowledge-bases/${id}`;
  for (let i = 0; i < 50; i += 1) {
    await ask(`${path}/documents`, jsonOf({ text: `Ferry ${i} leaves pier ${i % 7} at ${i % 24} o'clock.` }));
  }
  await untilIdle(path);
  await requestFor(path, 3_000); // warm-up
  sender = fork(fileURLToPath(new URL("./sender-process.ts", import.meta.url)), [url, path]);
  await once(sender, "message");
  const idle: number[] = [];
  const hostile: number[] = [];
  let taken = 0;
  for (let round = 0; round < rounds; round += 1) {
    idle.push(...(await requestFor(path, roundMs)));
    sender.send("send");
    hostile.push(...(await requestFor(path, roundMs)));
    const told = once(sender, "message");
    sender.send("rest");
    const [count] = (await told) as [number];
    taken += count;
  }
  print(`${taken} hostile files taken in; the server ${child.exitCode === null ? "is alive" : "died"}`);
  print(`  with nothing to do: ${timesOf(idle)}`);
  print(`  while they come:    ${timesOf(hostile)}`);
  print(`  p95 ratio ${(quantile(hostile, 0.95) / quantile(idle, 0.95)).toFixed(2)} (target: under 2)`);
} finally {
  sender?.disconnect();
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  await rm(folder, { recursive: true, force: true });
}

/** Times in ms of requests that start every `everyMs`, half searches, half reads. @throws for one that is not answered */
async function requestFor(path: string, forMs: number): Promise<readonly number[]> {
  const times: number[] = [];
  const running: Promise<void>[] = [];
  const one = async (isSearch: boolean): Promise<void> => {
    const startMs = performance.now();
    if (isSearch) await ask(`${path}/search`, jsonOf({ query: "When does the ferry leave?" }));
    else await ask(`${path}/documents?limit=20`);
    times.push(performance.now() - startMs);
  };
  const startMs = performance.now();
  for (let i = 0; performance.now() - startMs < forMs; i += 1) {
    running.push(one(i % 2 === 0));
    await delay(startMs + (i + 1) * everyMs - performance.now());
  }
  await Promise.all(running);
  return times;
}

async function untilIdle(path: string): Promise<void> {
  const base = path.split("/").at(-1);
  const waits = async (state: string): Promise<boolean> =>
    (await ask<{ data: unknown[] }>(`/v1/jobs?limit=1&state=${state}&knowledge_base=${base}`)).data.length > 0;
  while ((await waits("queued")) || (await waits("running"))) await delay(200);
}

function jsonOf(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`${url}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

function timesOf(times: readonly number[]): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(times, share).toFixed(1));
  return `${times.length} requests, p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
