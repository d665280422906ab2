import type { ModelEntry } from "@larder/contracts";
import { parseUsdPerMTok } from "@larder/contracts";

/** A model of the simulation: what the catalog says of it, and how often it is right at an easy and at a hard topic. */
export interface SimulatedModel {
  readonly entry: ModelEntry;
  readonly right: { readonly easy: number; readonly hard: number };
}

const usd = (text: string) => {
  const rate = parseUsdPerMTok(text);
  if (rate === undefined) throw new TypeError(`${text} is no price.`);
  return rate;
};

function entryOf(model: string, input: string, output: string, quality: number): ModelEntry {
  return {
    ...{ provider: "acme", model, isLocal: false, regions: [], contextTokens: 128_000, outputTokensMax: 8_192 },
    rates: { inputFresh: usd(input), outputText: usd(output) },
    ...{ tiers: [], cache: null, capabilities: [], quality },
    sources: [{ name: "simulation", asOf: "2026-11-27" }],
  } as ModelEntry;
}

const [small, large] = [entryOf("small", "0.70", "2.80", 0.5), entryOf("large", "2.00", "8.00", 0.75)];

/** How often the small model is right; the large one is right 92 times of 100 everywhere. */
export const worlds = {
  "small fails at half of the topics": [
    { entry: small, right: { easy: 0.9, hard: 0.1 } },
    { entry: large, right: { easy: 0.92, hard: 0.92 } },
  ],
  "topics do not matter": [
    { entry: small, right: { easy: 0.8, hard: 0.8 } },
    { entry: large, right: { easy: 0.92, hard: 0.92 } },
  ],
  "the small model is worse than its catalog says, at every topic": [
    { entry: small, right: { easy: 0.35, hard: 0.35 } },
    { entry: large, right: { easy: 0.92, hard: 0.92 } },
  ],
} as const satisfies Readonly<Record<string, readonly SimulatedModel[]>>;
