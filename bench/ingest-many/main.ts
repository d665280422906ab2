/**
 * `npm run bench:ingest-many [-- --documents 100000 --step 10000 --workers 1]`: short documents, all different, sent to a
 * real server a hundred an upload, with the carried embedder in the worker's process. Prints the time that each step took
 * until its documents were ready, the processor's time for a document in this process (server and sender) and in those
 * below it (worker, hosts), the write-ahead log's size and the memory of the server. The last step is compared with the
 * first. A folder of its own, which goes at the end. Needs Linux.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runServer } from "@larder/api";
import { seededRandom } from "@larder/testkit";
import { childrenSeconds } from "../processor-time.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "100000" },
    step: { type: "string", default: "10000" },
    workers: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const total = Math.min(Math.max(100, Number(values.documents)), 1_000_000);
const step = Math.min(Math.max(100, Number(values.step)), total);
const perUpload = 100;
const waitingMax = 2_000; // enough that the worker never waits, few enough that the queue is not what is measured
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const random = seededRandom(1);
const words = Array.from({ length: 4_000 }, (_, i) => `w${i.toString(36)}${"aeiou"[i % 5]}n`);
const pick = (): string => words[Math.floor(random() ** 2 * words.length)] ?? "";
const sentence = (): string => `${Array.from({ length: 12 }, pick).join(" ")}.`;
const textOf = (i: number): string => `# Note ${i}\n\n${Array.from({ length: 5 }, sentence).join(" ")}\n`;

const folder = await mkdtemp(join(tmpdir(), "larder-many-"));
const server = await runServer({
  LARDER_DATA_DIR: folder,
  LARDER_PORT: "0",
  LARDER_LOG_LEVEL: "silent",
  LARDER_WORKERS: values.workers,
});

async function ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`${server.url}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

interface KnowledgeBase {
  readonly id: string;
  readonly counts: { readonly documents: number };
}

try {
  const { id } = await ask<KnowledgeBase>("/v1/knowledge-bases", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "many" }),
  });
  const ready = async () => (await ask<KnowledgeBase>(`/v1/knowledge-bases/${id}`)).counts.documents;
  let sent = 0;
  const send = async (): Promise<void> => {
    const form = new FormData();
    for (let i = 0; i < perUpload; i++, sent++) form.append("file", new File([textOf(sent)], `note-${sent}.md`));
    await ask(`/v1/knowledge-bases/${id}/documents`, { method: "POST", body: form });
  };
  const processorMs = async () => {
    const { user, system } = process.cpuUsage();
    return { api: (user + system) / 1_000, below: (await childrenSeconds(process.pid)) * 1_000 };
  };
  interface Step {
    readonly documents: number;
    readonly seconds: number;
    readonly apiMs: number;
    readonly belowMs: number;
    readonly walMb: number;
    readonly rssMb: number;
  }
  const steps: Step[] = [];
  let stepStartedMs = performance.now();
  let before = await processorMs();
  print("documents   seconds   documents/s   API CPU ms/document   below   WAL MB   API MB");
  while (steps.length * step < total) {
    const done = await ready();
    if (done >= (steps.length + 1) * step) {
      const seconds = (performance.now() - stepStartedMs) / 1_000;
      stepStartedMs = performance.now();
      const walMb = (await stat(join(folder, "larder.sqlite-wal"))).size / 2 ** 20;
      const rssMb = process.memoryUsage.rss() / 2 ** 20;
      const now = await processorMs();
      const [apiMs, belowMs] = [(now.api - before.api) / step, (now.below - before.below) / step];
      before = now;
      steps.push({ documents: done, seconds, apiMs, belowMs, walMb, rssMb });
      const row = [String(done).padStart(9), seconds.toFixed(1).padStart(9), (step / seconds).toFixed(0).padStart(13)];
      row.push(apiMs.toFixed(2).padStart(21), belowMs.toFixed(2).padStart(7));
      print([...row, walMb.toFixed(0).padStart(8), rssMb.toFixed(0).padStart(8)].join(" "));
    }
    if (sent < total && sent - done < waitingMax) await send();
    else await delay(20);
  }
  const [first, last] = [steps[0], steps.at(-1)];
  const ratio = first === undefined || last === undefined ? Number.NaN : last.seconds / first.seconds;
  print(`last ${step} took ${ratio.toFixed(2)} times the first (target: at most 1.3)`);
  if (values.json) print(JSON.stringify({ documents: total, step, steps, ratio }));
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
