import type {
  Attempt,
  Clock,
  ModelEntry,
  NanoUsdPerMTok,
  Policy,
  RequestShape,
  RoutedEvent,
  RoutedRequest,
  TokenCounter,
} from "@larder/contracts";
import { parseUsdPerMTok, Secret } from "@larder/contracts";
import type { FakeAnswer, FakeModel, FakeProvider, FakeRequest } from "@larder/testkit";
import { createOpenAiGenerator } from "../src/openai/openai-generator.ts";
import { plainWire } from "../src/openai/wire-dialect.ts";
import { createPriceBook } from "../src/prices/price-book.ts";
import type { RouterProvider } from "../src/providers/provider-setup.ts";
import type { GeneratorRouterOptions } from "../src/routing/generator-router.ts";
import { createGeneratorRouter } from "../src/routing/generator-router.ts";

export const canary = "sk-canary-7d1f0b";

/** Counts a token for every four characters, as the fake provider does. */
export const tokenCounter: TokenCounter = { id: "quarters", count: (text) => Math.ceil(text.length / 4) };

const systemClock: Clock = { nowMs: Date.now, monotonicMs: () => performance.now() };

export const shape: RequestShape = {
  inputTokens: 6_000,
  stablePrefixTokens: 600,
  outputTokensMax: 800,
  outputTokensExpected: 400,
  needs: [],
};

export const usd = (text: string) => parseUsdPerMTok(text) as NanoUsdPerMTok;

export function entryOf(model: string, input: string, output: string, more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    provider: "acme",
    model,
    isLocal: false,
    regions: ["eu"],
    contextTokens: 128_000,
    outputTokensMax: 8_192,
    rates: { inputFresh: usd(input), outputText: usd(output) },
    tiers: [],
    cache: null,
    capabilities: ["json_schema", "system_prompt"],
    quality: 0.6,
    sources: [{ name: "test", asOf: "2026-11-20" }],
    ...more,
  };
}

/** Five models, cheapest first for the shape above: 6,000 tokens in and 400 out. */
export const fiveEntries: readonly ModelEntry[] = [
  entryOf("m-mini", "0.10", "0.40"),
  entryOf("m-small", "0.20", "0.80"),
  entryOf("m-medium", "0.50", "2.00"),
  entryOf("m-large", "2.00", "8.00"),
  entryOf("m-huge", "10.00", "50.00"),
];

export const fakeModels: readonly FakeModel[] = [
  { id: "m-mini", prices: { input: "0.10", output: "0.40" } },
  { id: "m-small", prices: { input: "0.20", output: "0.80" } },
  { id: "m-medium", prices: { input: "0.50", output: "2.00" } },
  { id: "m-large", prices: { input: "2.00", output: "8.00" } },
  { id: "m-huge", prices: { input: "10.00", output: "50.00" } },
];

export const answer: FakeAnswer = {
  deltas: ["A larder ", "keeps food ", "cool [1]."],
  usage: { promptTokens: 6_001, completionTokens: 37 },
};

/** The first model misbehaves as told; every other one answers. */
export const cheapestFails =
  (fault: FakeAnswer["fault"]) =>
  (request: Pick<FakeRequest, "model">): FakeAnswer =>
    request.model === "m-mini" && fault !== undefined ? { ...answer, fault } : answer;

export function connect(provider: FakeProvider, id = "acme"): RouterProvider {
  const clock = { nowMs: Date.now };
  const key = new Secret(canary);
  const generator = createOpenAiGenerator({ id, baseUrl: provider.url, key, wire: plainWire, clock });
  return { id, isConfigured: true, generator, close: () => generator.close() };
}

export function routerOver(
  providers: readonly RouterProvider[],
  entries: readonly ModelEntry[] = fiveEntries,
  more: Partial<GeneratorRouterOptions> = {},
) {
  const attemptsSeen: Attempt[] = [];
  const router = createGeneratorRouter({
    priceBook: createPriceBook(entries),
    providers,
    tokenCounter,
    clock: systemClock,
    onAttempt: (attempt) => attemptsSeen.push(attempt),
    ...more,
  });
  return { router, attemptsSeen };
}

export function requestFor(policy: Policy = {}, more: Partial<RoutedRequest> = {}): RoutedRequest {
  return { prompt: { messages: [{ role: "user", content: "What does a larder keep?" }] }, shape, policy, ...more };
}

export async function readAll(events: AsyncIterable<RoutedEvent>) {
  const all: RoutedEvent[] = [];
  let thrown: unknown;
  try {
    for await (const event of events) all.push(event);
  } catch (reason) {
    thrown = reason;
  }
  const text = all.map((event) => (event.kind === "text" ? event.text : "")).join("");
  return { all, text, thrown, first: all[0], last: all.at(-1) };
}
