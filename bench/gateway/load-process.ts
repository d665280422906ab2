/**
 * Sends chat completions at a fixed rate, whatever becomes of the earlier ones, and tells how long each took. Ends by
 * itself: after the last request, after its time limit, or with its parent.
 */
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Load, LoadResult } from "./run-load.ts";

process.once("disconnect", () => process.exit(0));
process.once("message", (load: Load) => {
  run(load).then((result) => {
    process.send?.(result, () => process.exit(0));
  });
});

async function run(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, keepAliveMsecs: 1_000 });
  const firstMs: number[] = [];
  const doneMs: number[] = [];
  let failed = 0;
  let running = 0;
  const sent = Math.ceil(load.rate * load.seconds);
  const startMs = performance.now();
  for (let index = 0; index < sent; index += 1) {
    const waitMs = startMs + (index * 1_000) / load.rate - performance.now();
    if (waitMs > 0.5) await delay(waitMs);
    running += 1;
    ask(load, agent).then(
      (times) => {
        running -= 1;
        // The first second warms sockets and compilers up.
        if (index < load.rate) return;
        firstMs.push(times.firstMs);
        doneMs.push(times.doneMs);
      },
      () => {
        running -= 1;
        failed += 1;
      },
    );
  }
  const sendSeconds = (performance.now() - startMs) / 1_000;
  const untilMs = performance.now() + load.drainMs;
  while (running > 0 && performance.now() < untilMs) await delay(10);
  const unfinished = running;
  agent.destroy();
  return { sent, failed, unfinished, sendSeconds, firstMs, doneMs };
}

function ask(
  { url, headers, model }: Load,
  agent: Agent,
): Promise<{ readonly firstMs: number; readonly doneMs: number }> {
  const body = JSON.stringify({
    model,
    stream: true,
    max_tokens: 400,
    stream_options: { include_usage: true },
    messages: [
      { role: "system", content: "You answer questions from evidence. ".repeat(20) },
      { role: "user", content: `What keeps longest, plums or pears? ${"Some evidence follows here. ".repeat(40)}` },
    ],
  });
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const sending = request(`${url}/chat/completions`, {
      agent,
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    });
    sending.setTimeout(20_000, () => sending.destroy(new Error("too late")));
    sending.once("error", reject);
    sending.once("response", (response) => {
      let firstMs: number | undefined;
      let doneMs: number | undefined;
      let tail = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        tail = (tail + text).slice(-64 - text.length);
        if (firstMs === undefined && tail.includes("word0")) firstMs = performance.now() - startMs;
        if (tail.includes("[DONE]")) doneMs ??= performance.now() - startMs;
      });
      response.once("error", reject);
      response.once("close", () => {
        if (response.statusCode !== 200 || firstMs === undefined || doneMs === undefined)
          reject(new Error("no answer"));
        else resolve({ firstMs, doneMs });
      });
    });
    sending.end(body);
  });
}
