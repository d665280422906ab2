import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeAnswer, FakeProvider } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";

/** One Idempotency-Key, one call to the provider, one answer: counted at the provider, against a real server process. */

const model = {
  id: "m",
  context_tokens: 128_000,
  max_output_tokens: 4_000,
  price_usd_per_mtok: { input: "1", output: "4" },
};
const question = { question: "How long does honey keep?" };

let folder = "";
let provider: FakeProvider;
let server: LarderProcess;
let path = "";
let fault: FakeAnswer["fault"];

const start = () =>
  startLarder(join(folder, "data"), {
    env: {
      LARDER_PROVIDERS_FILE: join(folder, "providers.json"),
      LARDER_IDEMPOTENCY_WAIT_MS: "3000",
      LARDER_CONFIDENCE_MIN: "0", // one sentence is not much to be sure of
    },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-one-call-"));
  provider = await startFakeProvider({
    models: [{ id: model.id, prices: model.price_usd_per_mtok }],
    answer: () => ({ deltas: ["Honey keeps ", "for years [1]."], ...(fault && { fault }) }),
  });
  const providers = [{ id: "acme", base_url: provider.url, models: [model] }];
  await writeFile(join(folder, "providers.json"), JSON.stringify({ providers }));
  server = await start();
  const { id } = (await (await send("POST", "/v1/knowledge-bases", { name: "pantry" })).json()) as { id: string };
  await send("POST", `/v1/knowledge-bases/${id}/documents?wait_ms=30000`, { text: "Honey keeps for years in a jar." });
  await send("PUT", "/v1/budgets/total/day", { limit_usd: "1" });
  path = `/v1/knowledge-bases/${id}/query`;
});
afterAll(async () => {
  server.kill("SIGTERM");
  await server.exited;
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

function send(method: string, to: string, body?: object, key?: string, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }), ...(signal && { signal }) };
  return fetch(server.url + to, init);
}
const ask = (key: string, body: object = question, signal?: AbortSignal) => send("POST", path, body, key, signal);

/** Until the provider was asked once more. */
async function arrival(after: number): Promise<void> {
  await expect.poll(() => provider.arrivals, { timeout: 20_000, interval: 10 }).toBeGreaterThan(after);
}

async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const before = provider.arrivals;
  await work();
  return provider.arrivals - before;
}

interface ReceiptBody {
  readonly knowledge_base_id: string;
  readonly error_code: string | null;
  readonly route: { readonly attempts: readonly { readonly billed: string }[] };
}

async function budget(): Promise<Record<string, string>> {
  const { data } = (await (await send("GET", "/v1/budgets")).json()) as { data: Record<string, string>[] };
  return data[0] ?? {};
}

it("asks once for 20 requests that arrive at the same time, and gives each the same answer", async () => {
  fault = { kind: "drip", delayMs: 200 };
  const bodies = new Set<string>();
  const calls = await callsOf(async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask("at-once")));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1);
    for (const reply of replies) bodies.add(await reply.text());
  });
  expect(calls).toBe(1);
  expect(bodies.size).toBe(1);
  expect(JSON.parse([...bodies][0] ?? "{}")).toMatchObject({
    answer: "Honey keeps for years [1].",
    basis: "generated",
  });
});

it("refuses another body with the same key, also while the first is being answered", async () => {
  const calls = await callsOf(async () => {
    const { arrivals } = provider;
    const first = ask("twice");
    await arrival(arrivals);
    const other = await ask("twice", { question: "And oil?" });
    expect([other.status, await other.json()]).toMatchObject([409, { code: "REQUEST_KEY_REUSED" }]);
    expect((await first).status).toBe(200);
    expect((await ask("twice", { question: "And oil?" })).status).toBe(409);
  });
  expect(calls).toBe(1);
});

it("gives the same answer after a restart, and asks nobody", async () => {
  const before = await (await ask("at-once")).text();
  server.kill("SIGTERM");
  await server.exited;
  server = await start();
  const calls = await callsOf(async () => {
    const again = await ask("at-once");
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await again.text()).toBe(before);
  });
  expect(calls).toBe(0);
});

it.each([{ stream: false }, { stream: true }])(
  "goes on when its sender leaves, so that sending it again is not billed again: %j",
  async ({ stream }) => {
    fault = { kind: "drip", delayMs: 400 };
    const key = `leaves-${stream}`;
    const body = { ...question, stream };
    const calls = await callsOf(async () => {
      const { arrivals } = provider;
      const leaving = new AbortController();
      const gone = ask(key, body, leaving.signal).then((response) => response.text());
      gone.catch(() => undefined);
      await arrival(arrivals);
      leaving.abort();
      await expect(gone).rejects.toThrow();
      const again = await ask(key, body);
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      expect(await again.json()).toMatchObject({ answer: "Honey keeps for years [1].", basis: "generated" });
    });
    expect(calls).toBe(1);
    expect(provider.records.at(-1)?.outcome).toBe("answered");
  },
);

it("does not ask again after SIGKILL in the middle, whose call may be billed and stays reserved", async () => {
  fault = { kind: "stall", afterDeltas: 1 };
  const { reserved_usd: before } = await budget();
  expect(before).toBe("0.000000000");
  const calls = await callsOf(async () => {
    const arrivals = provider.arrivals;
    const gone = ask("killed").then(
      () => "answered",
      () => "gone",
    );
    await arrival(arrivals);
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.kill("SIGKILL");
    await server.exited;
    expect(await gone).toBe("gone");
    server = await start();
    const again = await ask("killed");
    expect([again.status, await again.json()]).toMatchObject([409, { code: "REQUEST_IN_PROGRESS", retryable: true }]);
    expect(again.headers.get("retry-after")).toBe("1");
  });
  expect(calls).toBe(1);
  const after = await budget();
  expect(Number(after.reserved_usd) + Number(after.held_usd)).toBeGreaterThan(0.003); // 800 tokens out at $4
  const { data } = (await (await send("GET", "/v1/receipts")).json()) as { data: ReceiptBody[] };
  const left = data.filter(({ error_code }) => error_code === "ATTEMPT_INTERRUPTED");
  expect(left).toMatchObject([{ route: { attempts: [{ model: "m", billed: "unknown", cost_usd: null }] } }]);
  expect(left[0]?.knowledge_base_id).toBe(path.split("/")[3]);
  fault = { kind: "drip", delayMs: 1 };
  expect(await (await ask("anew")).json()).toMatchObject({ basis: "generated" });
});

it("has a receipt for a stream whose process died right after its [DONE], though its bill may be unknown", async () => {
  fault = { kind: "drip", delayMs: 100 };
  const messages = [{ role: "user", content: "What keeps?" }];
  for (let round = 0; round < 3; round += 1) {
    const body = { model: "auto", messages, max_tokens: 100, stream: true };
    const reply = await send("POST", "/v1/chat/completions", body);
    const id = reply.headers.get("x-larder-receipt");
    let text = "";
    const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
    for (let isDone = false; !isDone && !text.includes("[DONE]"); ) {
      const { done, value } = await reader.read();
      isDone = done;
      text += Buffer.from(value ?? []).toString();
    }
    expect(text).toContain("[DONE]");
    server.kill("SIGKILL");
    await reader.cancel().catch(() => undefined);
    await server.exited;
    server = await start();
    const receipt = await send("GET", `/v1/receipts/${id}`);
    expect(receipt.status).toBe(200);
    const { route, error_code } = (await receipt.json()) as ReceiptBody;
    const [attempt, ...others] = route.attempts;
    expect(others).toEqual([]);
    expect([attempt?.billed, error_code]).toEqual(
      error_code === null ? ["yes", null] : ["unknown", "ATTEMPT_INTERRUPTED"],
    );
  }
});
