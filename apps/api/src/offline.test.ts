import { createHook } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RoutedEvent } from "@larder/contracts";
import { startFakeProvider } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestLarder } from "../test/open-test-larder.ts";
import { composeRouter } from "./compose-router.ts";
import { readConfig } from "./config.ts";
import { providerKeyVariables } from "./environment.ts";
import { systemClock } from "./system-ports.ts";

/** Connections and look-ups that this process begins: every socket of `net` and `tls`, every query of `dns`. */
const begun: string[] = [];
const onSocket = () => void begun.push("socket");
const lookups = createHook({
  init: (_, type) =>
    void (/^(GETADDRINFOREQWRAP|QUERYWRAP|TCPCONNECTWRAP|UDPSENDWRAP)$/.test(type) && begun.push(type)),
});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-offline-"));
  subscribe("net.client.socket", onSocket);
  lookups.enable();
});
afterAll(async () => {
  unsubscribe("net.client.socket", onSocket);
  lookups.disable();
  await rm(folder, { recursive: true });
});

async function ask(env: Record<string, string>) {
  const config = readConfig({ LARDER_DATA_DIR: folder, ...env });
  await using larder = await openTestLarder();
  const { budgets, record } = larder;
  const ports = { tokenCounter: createO200kTokenCounter(), clock: systemClock, budgets, record };
  begun.length = 0;
  const { router, health } = await composeRouter(config.generation, ports);
  await using _ = router;
  const shape = { inputTokens: 10, stablePrefixTokens: 0, outputTokensMax: 50, outputTokensExpected: 50, needs: [] };
  const prompt = { messages: [{ role: "user" as const, content: "What keeps?" }] };
  const events: RoutedEvent[] = [];
  const call = { signal: AbortSignal.timeout(5_000) };
  for await (const event of router.generate({ prompt, shape, policy: {} }, call)) events.push(event);
  return { last: events.at(-1), health: health(), begun: [...begun] };
}

it("opens no socket and looks no name up while it is offline, whatever keys and servers are set", async () => {
  const keys = Object.fromEntries(providerKeyVariables.map((name) => [name, "sk-offline-test-0123456789"]));
  const file = join(folder, "providers.json");
  const model = { id: "m", price_usd_per_mtok: { input: "1", output: "1" }, context_tokens: 9_000 };
  await writeFile(
    file,
    JSON.stringify({ providers: [{ id: "acme", base_url: "http://192.0.2.1/v1", models: [model] }] }),
  );
  const asked = await ask({
    ...keys,
    LARDER_OFFLINE: "1",
    LARDER_PROVIDERS_FILE: file,
    LARDER_LOCAL_BASE_URL: "http://192.0.2.1:11434, http://models.example.org:8000/v1",
  });
  expect(asked.begun).toEqual([]);
  expect(asked.last?.kind).toBe("unanswered");
  expect(asked.health).toMatchObject({ state: "degraded", detail: expect.stringContaining("not asked (offline)") });
});

it("counts what it claims to count: the same without offline connects", async () => {
  await using server = await startFakeProvider({ models: [{ id: "m", contextTokens: 9_000 }] });
  const asked = await ask({ LARDER_LOCAL_BASE_URL: `${server.url}, ${server.url}`, LARDER_OFFLINE: "1" });
  expect(asked.begun.length).toBeGreaterThan(0);
  expect(asked.last).toMatchObject({
    kind: "answered",
    route: { chosen: { provider: "local", model: "m" } },
    cost: 0n,
  });
});
