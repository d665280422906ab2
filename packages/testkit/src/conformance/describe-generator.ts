import type { Generator, GeneratorEvent } from "@larder/contracts";
import { LarderError, noTokens, toolCallsOf } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../fake-provider/fake-wire.ts";
import type { FakeProvider } from "../fake-provider/start-fake-provider.ts";
import { startFakeProvider } from "../fake-provider/start-fake-provider.ts";

const key = "sk-canary-3f9a1c";
const deltas = ["Larders ", "keep food ", "cool [1]."];
const usage = { promptTokens: 100, completionTokens: 20, cachedTokens: 40, cacheWriteTokens: 10, reasoningTokens: 5 };
const request = {
  model: "m",
  prompt: { messages: [{ role: "user", content: "What does a larder keep?" }] },
  outputTokensMax: 50,
} as const;

/** Runs the Generator contract against one adapter, which is pointed at a fake provider with the given key. */
export function describeGenerator(name: string, open: (provider: FakeProvider, key: string) => Generator): void {
  describe(`${name} keeps the Generator contract`, () => {
    const withAnswer = async (answer: FakeAnswer, signal: AbortSignal = AbortSignal.timeout(10_000)) => {
      await using provider = await startFakeProvider({ models: [{ id: "m" }], key, answer: () => answer });
      const read = await readAll(open(provider, key), signal);
      const { arrivals } = provider;
      return { ...read, arrivals, record: (await provider.recorded(arrivals))[0] };
    };

    it("gives the text in order and then one finished with disjoint usage", async () => {
      const { events, error } = await withAnswer({ deltas, usage });
      expect(error).toBeUndefined();
      expect(textOf(events)).toBe(deltas.join(""));
      expect(events.filter(({ kind }) => kind === "finished")).toEqual([events.at(-1)]);
      expect(events.at(-1)).toMatchObject({
        reason: "stop",
        model: "m",
        usage: {
          source: "provider",
          tokens: {
            ...noTokens,
            inputFresh: 50,
            inputCacheRead: 40,
            inputCacheWrite: 10,
            outputText: 15,
            outputReasoning: 5,
          },
        },
      });
    });

    it("sends one authorised request with the model, the messages and the limit", async () => {
      const { record, arrivals } = await withAnswer({ deltas });
      expect(arrivals).toBe(1);
      expect(record).toMatchObject({ isAuthorized: true, request: { model: "m", messages: request.prompt.messages } });
      const body = record?.request.body ?? {};
      expect([body.max_tokens, body.max_completion_tokens]).toContain(50);
    });

    it("gives no text for an empty answer, and still finishes", async () => {
      const { events } = await withAnswer({ deltas: [] });
      expect(events.map(({ kind }) => kind)).toEqual(["finished"]);
    });

    it("gives tool calls after the text in pieces that make them whole, streamed or not, and says that it ended so", async () => {
      const called = { id: "call_1", name: "read_weather" };
      const toolCalls = [{ ...called, pieces: ['{"to', 'wn":"Oslo"}'] }];
      for (const form of [undefined, "json"] as const) {
        for (const finishReason of ["tool_calls", "stop"]) {
          const { events } = await withAnswer({ deltas, toolCalls, finishReason, ...(form && { form }) });
          const pieces = events.flatMap((event) => (event.kind === "tool_call" ? [event.delta] : []));
          expect(toolCallsOf(pieces)).toEqual({ toolCalls: [{ ...called, arguments: '{"town":"Oslo"}' }] });
          expect(textOf(events)).toBe(deltas.join(""));
          expect(events.at(-1)).toMatchObject({ kind: "finished", reason: "tool_calls" });
        }
      }
    });

    it("leaves usage out when the provider told none", async () => {
      const { events } = await withAnswer({ deltas, fault: { kind: "no_usage" } });
      expect(events.at(-1)).toMatchObject({ kind: "finished" });
      expect(events.at(-1)).not.toHaveProperty("usage");
    });

    it("reads characters and lines whole wherever packets are cut", async () => {
      const wide = ["Speise", "kammer 🥕 ", "食品庫", " é̂ "];
      for (const bytesPerWrite of [1, 2, 3, 7]) {
        const { events } = await withAnswer({ deltas: wide, bytesPerWrite, quietChunks: 3 });
        expect(textOf(events)).toBe(wide.join(""));
      }
    });

    it("survives a malformed line in a stream that is well otherwise", async () => {
      const { events, error } = await withAnswer({ deltas, fault: { kind: "malformed_line", afterDeltas: 1 } });
      expect(error).toBeUndefined();
      expect(textOf(events)).toBe(deltas.join(""));
    });

    it.each([
      { what: "is cut cleanly", fault: { kind: "cut", afterDeltas: 1 } },
      { what: "is reset", fault: { kind: "reset", afterDeltas: 1 } },
      { what: "has no finish reason", fault: { kind: "no_finish_reason" } },
      { what: "has no terminator", fault: { kind: "no_done" } },
      { what: "ends inside an object", fault: { kind: "truncated_json" } },
      { what: "carries an error", fault: { kind: "error_in_band", afterDeltas: 1 } },
    ] as const)("rejects after the text when a stream $what", async ({ fault }) => {
      const { events, error } = await withAnswer({ deltas, fault });
      expect(textOf(events)).not.toBe("");
      expect(events.some(({ kind }) => kind === "finished")).toBe(false);
      expect(error?.code).toMatch(/^PROVIDER_/);
    });

    it.each([
      { status: 401, code: "PROVIDER_AUTHENTICATION" },
      { status: 402, code: "PROVIDER_AUTHENTICATION" },
      { status: 403, code: "PROVIDER_AUTHENTICATION" },
      { status: 400, code: "PROVIDER_REJECTED" },
      { status: 404, code: "PROVIDER_REJECTED" },
      { status: 422, code: "PROVIDER_REJECTED" },
      { status: 408, code: "PROVIDER_TIMED_OUT" },
      { status: 429, code: "PROVIDER_OVERLOADED" },
      { status: 503, code: "PROVIDER_OVERLOADED" },
      { status: 529, code: "PROVIDER_OVERLOADED" },
      { status: 500, code: "PROVIDER_FAILED" },
      { status: 502, code: "PROVIDER_FAILED" },
    ] as const)("types status $status as $code and sends nothing again", async ({ status, code }) => {
      const { events, error, arrivals } = await withAnswer({ deltas, fault: { kind: "status", status } });
      expect(events).toEqual([]);
      expect(error?.code).toBe(code);
      expect(error?.details.status).toBe(status);
      expect(arrivals).toBe(1);
    });

    it("tells how long the provider asks to wait", async () => {
      const fault = { kind: "status", status: 429, retryAfter: "7" } as const;
      const { error } = await withAnswer({ deltas, fault });
      expect(error?.details.retryAfterMs).toBe(7_000);
    });

    it.each([{ kind: "html" }, { kind: "reset_before_headers" }] as const)(
      "rejects before any text on $kind",
      async (fault) => {
        const { events, error } = await withAnswer({ deltas, fault });
        expect(events).toEqual([]);
        expect(error?.code).toMatch(/^PROVIDER_(REPLY_MALFORMED|FAILED)$/);
      },
    );

    it("rejects with PROVIDER_UNREACHABLE when nobody listens", async () => {
      const provider = await startFakeProvider({ models: [] });
      await provider.close();
      const { error } = await readAll(open(provider, key), AbortSignal.timeout(10_000));
      expect(error?.code).toBe("PROVIDER_UNREACHABLE");
    });

    it("sends nothing and rejects with the signal's own reason when aborted beforehand", async () => {
      await using provider = await startFakeProvider({ models: [{ id: "m" }], key });
      const reason = new Error("the reader left");
      const reading = readAll(open(provider, key), AbortSignal.abort(reason));
      await expect(reading).rejects.toBe(reason);
      expect(provider.arrivals).toBe(0);
    });

    it.each([0, 1])("closes the connection when aborted after %i deltas", async (afterDeltas) => {
      const answer = () => ({ deltas, fault: { kind: "stall", afterDeltas } }) as const;
      await using provider = await startFakeProvider({ models: [{ id: "m" }], key, answer });
      const controller = new AbortController();
      const reason = new Error("the reader left");
      const reading = readAll(open(provider, key), controller.signal);
      await expect.poll(() => provider.arrivals).toBe(1);
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
      const [record] = await provider.recorded(1);
      expect(record?.outcome).toBe("closed_by_client");
    });

    it("closes the connection when the reader leaves the loop", async () => {
      const answer = () => ({ deltas, fault: { kind: "stall", afterDeltas: 1 } }) as const;
      await using provider = await startFakeProvider({ models: [{ id: "m" }], key, answer });
      for await (const event of open(provider, key).generate(request, { signal: AbortSignal.timeout(10_000) })) {
        expect(event.kind).toBe("text");
        break;
      }
      const [record] = await provider.recorded(1);
      expect(record?.outcome).toBe("closed_by_client");
    });
  });
}

interface Read {
  readonly events: readonly GeneratorEvent[];
  readonly error: LarderError | undefined;
}

async function readAll(generator: Generator, signal: AbortSignal): Promise<Read> {
  const events: GeneratorEvent[] = [];
  try {
    for await (const event of generator.generate(request, { signal })) events.push(event);
    return { events, error: undefined };
  } catch (thrown) {
    if (!LarderError.is(thrown)) throw thrown;
    return { events, error: thrown };
  }
}

function textOf(events: readonly GeneratorEvent[]): string {
  return events.map((event) => (event.kind === "text" ? event.text : "")).join("");
}
