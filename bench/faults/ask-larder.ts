import type { Clock, TokenCounter } from "@larder/contracts";
import { parseUsdPerMTok, Secret } from "@larder/contracts";
import { createGeneratorRouter, createOpenAiGenerator, createPriceBook, plainWire } from "@larder/generator-router";
import type { Seen } from "./verdict.ts";

const clock: Clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
const tokenCounter: TokenCounter = { id: "quarters", count: (text) => Math.ceil(text.length / 4) };

/** The two models as candidates of one provider, the cheaper one first. */
export function openRouter(baseUrl: string, limits: Parameters<typeof createGeneratorRouter>[0]["limits"] = {}) {
  const entries = ["m-mini", "m-small"].map((model, i) => ({
    provider: "fake",
    model,
    isLocal: false,
    regions: [],
    contextTokens: 128_000,
    outputTokensMax: 8_192,
    rates: { inputFresh: parseUsdPerMTok(`0.${i + 1}`), outputText: parseUsdPerMTok(`0.${i + 5}`) },
    tiers: [],
    cache: null,
    capabilities: [],
    quality: null,
    sources: [],
  }));
  const generator = createOpenAiGenerator({ id: "fake", baseUrl, key: new Secret("none"), wire: plainWire, clock });
  return createGeneratorRouter({
    priceBook: createPriceBook(entries as Parameters<typeof createPriceBook>[0]),
    providers: [{ id: "fake", isConfigured: true, generator, close: () => generator.close() }],
    tokenCounter,
    clock,
    limits,
  });
}

export const routedRequest = (content: string) =>
  ({
    prompt: { messages: [{ role: "user", content }] },
    shape: { inputTokens: 100, stablePrefixTokens: 0, outputTokensMax: 200, outputTokensExpected: 50, needs: [] },
    policy: {},
  }) as const;

/** One request through Larder's router, in this process. */
export async function askLarder(baseUrl: string, content: string, timeoutMs: number, hangMs: number): Promise<Seen> {
  await using router = openRouter(baseUrl, { firstTextMs: timeoutMs, idleMs: timeoutMs, totalMs: 2 * timeoutMs });
  const signal = AbortSignal.timeout(hangMs);
  let text = "";
  try {
    for await (const event of router.generate(routedRequest(content), { signal })) {
      if (event.kind === "text") text += event.text;
      if (event.kind === "answered") return { text, end: "clean" };
      if (event.kind === "broken" || event.kind === "unanswered") return { text, end: "error" };
    }
  } catch {
    return { text, end: signal.aborted ? "hang" : "error" };
  }
  return { text, end: "clean" };
}
