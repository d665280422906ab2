import { once } from "node:events";
import { createServer } from "node:http";
import { nanoUsd } from "@larder/contracts";
import { expect, it } from "vitest";
import { discoverLocalProvider } from "./discover-local-provider.ts";
import { localRates } from "./local-rates.ts";

const today = "2026-11-26";
const call = () => ({ signal: AbortSignal.timeout(5_000) });

/** A server that answers these paths and no other. */
async function serve(paths: Readonly<Record<string, unknown>>) {
  const server = createServer((request, response) => {
    const body = paths[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { error: "not found" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const list = (...ids: readonly string[]) => ({ object: "list", data: ids.map((id) => ({ id, object: "model" })) });

it.each([
  {
    what: "Ollama, the window that a running model has",
    paths: {
      "/v1/models": list("qwen3:8b"),
      "/api/tags": { models: [{ name: "qwen3:8b" }] },
      "/api/ps": { models: [{ name: "qwen3:8b", context_length: 16_384 }] },
      "/api/show": { details: { quantization_level: "Q4_K_M" }, model_info: { "qwen3.context_length": 40_960 } },
    },
    found: { contextTokens: 16_384, quantization: "Q4_K_M" },
  },
  {
    what: "Ollama, the window that a model was set to",
    paths: {
      "/v1/models": list("qwen3:8b"),
      "/api/tags": { models: [{ name: "qwen3:8b" }] },
      "/api/show": { parameters: "stop x\nnum_ctx    32768", model_info: { "qwen3.context_length": 40_960 } },
    },
    found: { contextTokens: 32_768 },
  },
  {
    what: "Ollama, no more than the careful guess where none is set",
    paths: {
      "/v1/models": list("qwen3:8b"),
      "/api/tags": { models: [{ name: "qwen3:8b" }] },
      "/api/show": { model_info: { "qwen3.context_length": 4_096 } },
    },
    found: { contextTokens: 4_096 },
  },
  {
    what: "llama.cpp",
    paths: {
      "/v1/models": list("qwen"),
      "/props": { default_generation_settings: { n_ctx: 12_288 }, model_path: "models/Qwen3-8B-Q5_K_M.gguf" },
    },
    found: { contextTokens: 12_288, quantization: "Q5_K_M" },
  },
  {
    what: "vLLM",
    paths: { "/v1/models": { data: [{ id: "qwen", max_model_len: 65_536, owned_by: "vllm" }] } },
    found: { contextTokens: 65_536 },
  },
  {
    what: "LM Studio",
    paths: {
      "/v1/models": list("qwen", "nomic"),
      "/api/v0/models": {
        data: [
          { id: "qwen", type: "llm", quantization: "4bit", max_context_length: 40_960, loaded_context_length: 10_000 },
          { id: "nomic", type: "embeddings" },
        ],
      },
    },
    found: { contextTokens: 10_000, quantization: "4bit" },
  },
])("is told by $what", async ({ paths, found }) => {
  await using server = await serve(paths);
  const { models, isLocal } = await discoverLocalProvider({ baseUrl: server.url, today }, call());
  expect(isLocal).toBe(true);
  expect(models).toHaveLength(1);
  expect(models[0]).toMatchObject({ isLocal: true, rates: { inputFresh: 0n, outputText: 0n }, ...found });
});

it("prices a machine that is paid by the hour by its speed, rounded up", () => {
  const usdPerHour = nanoUsd(360_000_000n); // $0.36
  const rates = localRates({ usdPerHour, inputTokensPerSecond: 1_000, outputTokensPerSecond: 100 });
  expect(rates).toMatchObject({ inputFresh: 100_000_000n, outputText: 1_000_000_000n }); // $0.10 and $1.00
});
