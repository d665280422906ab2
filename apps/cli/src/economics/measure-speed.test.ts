import type { Generator, Usage } from "@larder/contracts";
import { LarderError, noTokens } from "@larder/contracts";
import { summariseSpeed } from "@larder/economics";
import { createOpenAiGenerator, plainWire } from "@larder/generator-router";
import { startFakeProvider } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { measureSpeed, requestsOf } from "./measure-speed.ts";

const plan = {
  model: "local-small",
  concurrencies: [1, 3],
  roundsEach: 2,
  inputTokens: 200,
  outputTokens: 8,
  secondsMax: 20,
};
const callWith = (nowMs: () => number) => {
  let count = 0;
  return { signal: new AbortController().signal, nowMs, nonce: () => `prompt ${++count}` };
};

describe("measuring a local server", () => {
  it("asks no more than it said, each prompt another, at the concurrency that it said", async () => {
    await using server = await startFakeProvider({
      models: [{ id: "local-small" }],
      answer: () => ({ deltas: ["once", " upon", " a", " time"], usage: { promptTokens: 200, completionTokens: 4 } }),
    });
    const generator = createOpenAiGenerator({
      id: "local",
      baseUrl: server.url,
      wire: plainWire,
      clock: { nowMs: Date.now },
    });
    const run = await measureSpeed(
      generator,
      plan,
      callWith(() => performance.now()),
    );
    await generator.close();
    expect(requestsOf(plan)).toBe(9);
    expect(run).toMatchObject({ requests: 9, failures: 0, isCut: false });
    expect(server.arrivals).toBe(9);
    expect(run.rounds.map(({ concurrency, samples }) => [concurrency, samples.length])).toEqual([
      [1, 1],
      [1, 1],
      [3, 3],
      [3, 3],
    ]);
    const prompts = server.records.map(({ request }) => request.messages[0]?.content.slice(0, 12));
    expect(new Set(prompts).size).toBe(9);
    expect(
      server.records.every(({ request }) => request.body.max_tokens === 8 || request.body.max_completion_tokens === 8),
    ).toBe(true);
    expect(summariseSpeed(run.rounds).map(({ concurrency, answers }) => [concurrency, answers])).toEqual([
      [1, 2],
      [3, 6],
    ]);
  });

  it("divides the server's own count by the time to the first text, and after it", async () => {
    let nowMs = 0;
    const usage: Usage = {
      tokens: { ...noTokens, inputFresh: 500, inputCacheRead: 100, outputText: 11 },
      source: "provider",
    };
    const generator: Generator = {
      id: "local",
      async *generate() {
        nowMs += 500;
        yield { kind: "text", text: "a" };
        nowMs += 1_000;
        yield { kind: "finished", reason: "stop", usage };
      },
    };
    const { rounds } = await measureSpeed(
      generator,
      { ...plan, concurrencies: [1] },
      callWith(() => nowMs),
    );
    expect(summariseSpeed(rounds)).toEqual([
      { concurrency: 1, answers: 2, prefill: 1_000, decode: 10, firstTextMsP50: 500, totalMsP50: 1_500 },
    ]);
  });

  it("leaves out answers that failed or told no usage, and says how many", async () => {
    let asked = 0;
    const generator: Generator = {
      id: "local",
      async *generate() {
        asked += 1;
        if (asked === 2) throw new LarderError("PROVIDER_FAILED");
        yield { kind: "text", text: "a" };
        yield { kind: "finished", reason: "stop" };
      },
    };
    const run = await measureSpeed(
      generator,
      { ...plan, concurrencies: [1] },
      callWith(() => 0),
    );
    expect(run).toMatchObject({ requests: 3, failures: 3 });
    expect(summariseSpeed(run.rounds)).toEqual([]);
  });

  it("fails with the server's own error when not even the first answer comes", async () => {
    const generator: Generator = {
      id: "local",
      generate: () => {
        throw new LarderError("PROVIDER_UNREACHABLE");
      },
    };
    await expect(
      measureSpeed(
        generator,
        plan,
        callWith(() => 0),
      ),
    ).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
  });
});
