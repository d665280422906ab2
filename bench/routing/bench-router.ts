import type { Generator, ModelEntry } from "@larder/contracts";
import { createGeneratorRouter, createPriceBook } from "@larder/generator-router";
import { createManualClock } from "@larder/testkit";

/** Answers at once without a socket, so that requests can pass whose traffic the router remembers. */
const instant = (id: string): Generator => ({
  id,
  async *generate() {
    yield { kind: "text", text: "." };
    yield { kind: "finished", reason: "stop" };
  },
});

const tokenCounter = { id: "o200k", count: (text: string) => text.length, fit: () => 0 } as never;

/** A router over these models, with a key for each, at one moment that does not pass. */
export function benchRouter(models: readonly ModelEntry[]) {
  const providers = [...new Set(models.map(({ provider }) => provider))];
  const clock = createManualClock();
  const router = createGeneratorRouter({
    priceBook: createPriceBook(models),
    providers: providers.map((id) => ({ id, isConfigured: true, generator: instant(id) })),
    tokenCounter,
    clock,
  });
  const arrivals = new Map<ModelEntry, number>();
  return {
    router,
    providers,
    today: new Date(clock.nowMs()).toISOString().slice(0, 10),
    /** Chance that the model's cache holds the prefix: `1 − e^(−n)` after `n` requests within its time. */
    hits: (entry: ModelEntry) => (entry.cache === null ? 0 : 1 - Math.exp(-(arrivals.get(entry) ?? 0))),
    /** Sends small requests with a prefix to the model. */
    async warm(entry: ModelEntry, count: number): Promise<void> {
      const shape = { inputTokens: 1, stablePrefixTokens: 1, outputTokensMax: 1, outputTokensExpected: 1, needs: [] };
      const prompt = { messages: [{ role: "user" as const, content: "." }] };
      const request = { prompt, shape, policy: { models: [`${entry.provider}/${entry.model}`] } };
      for (let i = 0; i < count; i++) {
        for await (const event of router.generate(request, { signal: new AbortController().signal })) {
          if (event.kind !== "answered") continue;
          if (event.route.chosen?.provider !== entry.provider) throw new Error(`another model was asked`);
          arrivals.set(entry, (arrivals.get(entry) ?? 0) + 1);
        }
      }
    },
  };
}
