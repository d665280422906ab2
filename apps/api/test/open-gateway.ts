import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatchLane } from "@larder/generator-router";
import type { FakeProvider, FakeProviderOptions } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import type { FakeBatchOptions } from "@larder/testkit/fake-provider";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { composeRouter } from "../src/compose-router.ts";
import { readConfig } from "../src/config.ts";
import { createApi } from "../src/create-api.ts";
import { recordBatchIn } from "../src/gateway/record-batch.ts";
import { runBatchLane } from "../src/gateway/run-batch-lane.ts";
import { startServer } from "../src/serve.ts";
import { systemClock, systemIds } from "../src/system-ports.ts";
import type { TestLarder } from "./open-test-larder.ts";
import { openTestLarder } from "./open-test-larder.ts";

export interface TestGateway extends AsyncDisposable {
  readonly provider: FakeProvider;
  readonly larder: TestLarder;
  /** Base URL for an OpenAI client. */
  readonly url: string;
}

/** Two models of one fake provider behind a real server: `small` at $0.10 / $0.40; `large`, with tools and eyes, at $2 / $8. */
export async function openGateway(
  answer?: FakeProviderOptions["answer"],
  batches?: Omit<FakeBatchOptions, "prices">,
): Promise<TestGateway> {
  const batchPrices = { small: { input: "0.05", output: "0.20" } };
  const prices = { small: { input: "0.10", output: "0.40" }, large: { input: "2", output: "8" } };
  const provider = await startFakeProvider({
    models: Object.entries(prices).map(([id, one]) => ({ id, prices: one })),
    ...(answer && { answer }),
    ...(batches && { batches: { ...batches, prices: batchPrices } }),
  });
  const folder = await mkdtemp(join(tmpdir(), "larder-gateway-"));
  const file = join(folder, "providers.json");
  const models = Object.entries(prices).map(([id, price_usd_per_mtok]) => ({
    id,
    price_usd_per_mtok,
    context_tokens: 100_000,
    max_output_tokens: 8_000,
    ...(id === "small" && { batch: { price_usd_per_mtok: batchPrices.small } }),
    capabilities: ["json_schema", "json_object", "system_prompt", ...(id === "large" ? ["tools", "vision"] : [])],
  }));
  await writeFile(
    file,
    JSON.stringify({ providers: [{ id: "acme", base_url: provider.url, batches: batches !== undefined, models }] }),
  );
  const config = readConfig({ LARDER_DATA_DIR: folder, LARDER_PROVIDERS_FILE: file });
  const tokenCounter = createO200kTokenCounter();
  const base = await openTestLarder();
  const { budgets, record: memoryRecord } = base;
  const { router, batchApis, prober } = await composeRouter(config.generation, {
    tokenCounter,
    clock: systemClock,
    budgets,
    record: memoryRecord,
  });
  const { batchRequests, ledger } = base;
  const record = recordBatchIn({ ledger, ids: systemIds, tokenCounter });
  const parts = { router, budgets, apis: batchApis, requests: batchRequests, clock: systemClock, record };
  const lane = createBatchLane(parts);
  const running = runBatchLane(lane, 20);
  const larder: TestLarder = Object.defineProperties(base, {
    router: { value: router },
    prober: { value: prober },
    tokenCounter: { value: tokenCounter },
    wakeBatches: { value: running.wake },
  });
  const server = await startServer(createApi(larder), { host: "127.0.0.1", port: 0 });
  return {
    provider,
    larder,
    url: `${server.url}/v1`,
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await running[Symbol.asyncDispose]();
      await router[Symbol.asyncDispose]();
      await larder[Symbol.asyncDispose]();
      await provider.close();
      await rm(folder, { recursive: true });
    },
  };
}
