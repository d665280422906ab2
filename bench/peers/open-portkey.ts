import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Gateway } from "./gateway.ts";
import { freePort, install, peersFolder, startProcess } from "./gateway.ts";

/**
 * Portkey's open gateway from npm, installed at the first run. With the newest `@hono/node-server` that its range allows
 * every request fails (`TypeError: immutable`), so package.json holds the oldest one. One fallback from `m-mini` to
 * `m-small`, no retries.
 */
export async function openPortkey(providerUrl: string, timeoutMs: number): Promise<Gateway> {
  const script = join(peersFolder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(script)) await install("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const running = await startProcess(process.execPath, [script, `--port=${port}`, "--headless"], {
    env: { ...process.env, TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
    probeUrl: root,
    waitMs: 30_000,
  });
  const target = (model: string) => ({
    provider: "openai",
    api_key: "none",
    custom_host: providerUrl,
    override_params: { model },
    request_timeout: timeoutMs,
  });
  const config = { strategy: { mode: "fallback" }, targets: [target("m-mini"), target("m-small")] };
  return {
    name: "Portkey",
    url: `${root}/v1`,
    headers: { "x-portkey-config": JSON.stringify(config) },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
