import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { InProcessLarder } from "@larder/api";
import { openInProcess } from "@larder/api";
import type { FakeProvider } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import type { Run } from "./run-larder.ts";
import { runLarder } from "./run-larder.ts";

/** $1 a million in, $0.05 read from the cache, $5 out; a window of 128,000. */
const prices = { input: "1", input_cache_read: "0.05", output: "5" };

interface Saved {
  readonly verdict: string;
  readonly usd: string | null;
  readonly tokens: number;
}
export interface Answered {
  readonly receipt_id: string;
  readonly basis: string;
  readonly evidence_tokens: number;
  readonly usage: { readonly input_fresh: number };
  readonly cost: { readonly usd: string };
  readonly counterfactual: { readonly arm: string; readonly usd: string } | null;
  readonly counterfactuals: readonly {
    readonly arm: string;
    readonly feasible: boolean;
    readonly tokens: number;
    readonly usd: string | null;
    readonly quality: string;
    readonly reason: string | null;
    readonly saved: Saved;
  }[];
  readonly saved: Saved | null;
  readonly context_window: {
    readonly occupancy: number;
    readonly evidence_use: number;
    readonly prompt_tokens: number;
  };
}

/** A shelf of about 5,000 tokens that counts as many as is said: a corpus is known by its count alone. */
export const shelf = Array.from({ length: 30 }, (_, i) =>
  Array.from(
    { length: 9 },
    (_, j) =>
      `Honey of shelf ${i}, jar ${j}, keeps for ${i + j + 2} years and ${(7 * i + 5 * j) % 11} months when it is closed.`,
  ).join(" "),
);

/** A Larder in this process, with one provider whose prices are known, and the command as a process beside it. */
export interface SavingsLarder extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly provider: FakeProvider;
  readonly open: InProcessLarder;
  /** Runs the command against the address of {@link open}. */
  run(...args: readonly string[]): Promise<Run>;
}

export async function openSavingsLarder(): Promise<SavingsLarder> {
  const folder = await mkdtemp(join(tmpdir(), "larder-savings-"));
  const provider = await startFakeProvider({
    models: [{ id: "m" }],
    answer: () => ({ deltas: ["Honey of shelf 3, jar 0, keeps for 5 years [1]."] }),
  });
  const file = join(folder, "providers.json");
  const model = { id: "m", context_tokens: 128_000, max_output_tokens: 4_000, price_usd_per_mtok: prices };
  await writeFile(file, JSON.stringify({ providers: [{ id: "acme", base_url: provider.url, models: [model] }] }));
  const env = { LARDER_DATA_DIR: join(folder, "data"), LARDER_PROVIDERS_FILE: file, LARDER_CONFIDENCE_MIN: "0" };
  const open = await openInProcess(env, { isWorking: false });
  const server = await serve(open);
  const { port } = server.address() as AddressInfo;
  return {
    ...{ folder, env, provider, open },
    run: (...args) => runLarder(args, { LARDER_SERVER: `http://127.0.0.1:${port}`, ...env }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await open.close();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The routes of the Larder in this process, at an address. */
async function serve({ fetch }: InProcessLarder): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await new Response(Readable.toWeb(request) as ReadableStream<Uint8Array>).text();
    const headers = { "content-type": "application/json" };
    const init = { method: request.method ?? "GET", headers, ...(body !== "" && { body }) };
    const reply = await fetch(new Request(`http://localhost${request.url}`, init));
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    response.end(await reply.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** One question about honey, with its receipt's figures. */
export async function askAbout(kb: string, { fetch }: InProcessLarder): Promise<Answered> {
  const body = JSON.stringify({
    question: "How long does honey keep?",
    token_budget: 6_000,
    policy: { escalate: false },
  });
  const headers = { "content-type": "application/json" };
  const request = new Request(`http://localhost/v1/knowledge-bases/${kb}/query`, { method: "POST", headers, body });
  const response = await fetch(request);
  if (response.status !== 200) throw new Error(`asking was answered with ${response.status}`);
  return (await response.json()) as Answered;
}
export async function readJson<Body>(path: string, { fetch }: InProcessLarder): Promise<Body> {
  return (await (await fetch(new Request(`http://localhost${path}`))).json()) as Body;
}
