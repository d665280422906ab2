import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { savingsReport } from "@larder/savings-runs";
import type { FakeProvider } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";

/** A server process that dies in the middle of a measured run: counted at the provider, nothing is asked twice. */

const model = {
  id: "m",
  context_tokens: 128_000,
  max_output_tokens: 4_000,
  price_usd_per_mtok: { input: "1", output: "4" },
};
const questions = Array.from({ length: 30 }, (_, i) => ({ question: `What is number ${i}?`, answers: [`word${i}`] }));

let folder = "";
let provider: FakeProvider;
let server: LarderProcess;
let kb = "";

const start = () =>
  startLarder(join(folder, "data"), { env: { LARDER_PROVIDERS_FILE: join(folder, "providers.json") } });

async function send<Body>(method: string, path: string, body?: object): Promise<Body> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Body;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-run-kill-"));
  provider = await startFakeProvider({ models: [{ id: "m", prices: { input: "1", output: "4" } }] });
  const providers = [{ id: "acme", base_url: provider.url, models: [model] }];
  await writeFile(join(folder, "providers.json"), JSON.stringify({ providers }));
  server = await start();
  kb = (await send<{ id: string }>("POST", "/v1/knowledge-bases", { name: "numbers" })).id;
  const text = questions.map((_, i) => `Number ${i} is word${i}.`).join("\n\n");
  await send("POST", `/v1/knowledge-bases/${kb}/documents?wait_ms=30000`, { text });
});
afterAll(async () => {
  server.kill("SIGTERM");
  await server.exited;
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

it("goes on after SIGKILL where it was, and sends no prompt a second time", async () => {
  const sent = { knowledge_base: kb, questions, model: "acme/m", arms: ["larder", "closed_book"], budgets: [128] };
  const { id } = await send<{ id: string }>("POST", "/v1/savings/runs", sent);
  for (const kills of [7, 23, 41]) {
    while (provider.arrivals < kills) await new Promise((resolve) => setTimeout(resolve, 1));
    server.kill("SIGKILL");
    await server.exited;
    server = await start();
    expect((await send<{ state: string }>("GET", `/v1/savings/runs/${id}`)).state).toBe("stopped");
    expect((await send<{ id: string }>("POST", "/v1/savings/runs", sent)).id).toBe(id);
  }
  const events = await (await fetch(`${server.url}/v1/savings/runs/${id}/events`)).text();
  expect(events).toMatch(/event: done\n/);
  const { report } = await send<{ report: unknown }>("GET", `/v1/savings/runs/${id}`);
  const { arms } = savingsReport.parse(report);
  const prompts = provider.records.map(({ request }) => JSON.stringify(request.messages));
  expect(new Set(prompts).size).toBe(prompts.length);
  const interrupted = arms.reduce((sum, arm) => sum + arm.interrupted, 0);
  expect(interrupted).toBeLessThanOrEqual(3);
  // Written down as about to be sent, and killed before or after it was: it counts as lost either way.
  expect(provider.arrivals).toBeGreaterThanOrEqual(60 - interrupted);
  expect(provider.arrivals).toBeLessThanOrEqual(60);
  expect(arms.every(({ n }) => n === 30)).toBe(true);
});
