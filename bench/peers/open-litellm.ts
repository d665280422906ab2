import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Gateway } from "./gateway.ts";
import { freePort, install, peersFolder, startProcess } from "./gateway.ts";

const masterKey = "sk-bench-only-0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/**
 * LiteLLM's proxy in a virtual environment of its own, installed at the first run (`requirements.txt`). No cool-downs, so
 * that one fault does not decide about the next; no retries, one fallback from `m-mini` to `m-small`.
 */
export async function openLiteLlm(providerUrl: string, timeoutMs: number): Promise<Gateway> {
  const bin = join(peersFolder, ".venv", "bin");
  if (!existsSync(join(bin, "litellm"))) {
    await install("python3", ["-m", "venv", ".venv"]);
    await install(join(bin, "pip"), ["install", "--disable-pip-version-check", "-q", "-r", "requirements.txt"]);
  }
  const folder = await mkdtemp(join(tmpdir(), "larder-litellm-"));
  const model = (name: string) => ({
    model_name: name,
    litellm_params: { model: `openai/${name}`, api_base: providerUrl, api_key: "none" },
  });
  const seconds = timeoutMs / 1_000;
  const config = {
    model_list: [model("m-mini"), model("m-small")],
    litellm_settings: {
      num_retries: 0,
      request_timeout: seconds,
      telemetry: false,
      fallbacks: [{ "m-mini": ["m-small"] }],
      context_window_fallbacks: [{ "m-mini": ["m-small"] }],
    },
    router_settings: { disable_cooldowns: true, num_retries: 0, timeout: seconds, stream_timeout: seconds },
  };
  const file = join(folder, "config.yaml");
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  try {
    const running = await startProcess(
      join(bin, "litellm"),
      ["--config", file, "--host", "127.0.0.1", "--port", String(port), "--telemetry", "False"],
      {
        // Its price map stays the bundled one: nothing is fetched.
        env: { ...process.env, LITELLM_MASTER_KEY: masterKey, LITELLM_LOCAL_MODEL_COST_MAP: "True" },
        probeUrl: `${root}/health/liveliness`,
        waitMs: 120_000,
      },
    );
    const close = async () => {
      await running[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    };
    const headers = { authorization: `Bearer ${masterKey}` };
    return { name: "LiteLLM", url: `${root}/v1`, headers, [Symbol.asyncDispose]: close };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
