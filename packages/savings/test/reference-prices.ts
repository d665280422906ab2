import type { ArmId, CounterfactualArm, PriceBook, SavingsQuestion, UsageTokens } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { createPriceBook, parseProvidersFile } from "@larder/generator-router";
import { createSavingsCalculator } from "../src/arms/savings-calculator.ts";

const hour = 3_600_000;
const minute = 60_000;

/** Models as the reference tables of November 2026 have them, in dollars per million tokens, and some that lack a fact. */
const models = [
  {
    id: "gpt-6.1-terra",
    context_tokens: 1_050_000,
    price_usd_per_mtok: { input: "1", input_cache_read: "0.05", input_cache_write: "1.25", output: "5" },
    tiers: [
      {
        above_input_tokens: 272_000,
        price_usd_per_mtok: { input: "2", input_cache_read: "0.1", input_cache_write: "2.5", output: "7.5" },
      },
    ],
    batch: { price_usd_per_mtok: { input: "0.5", input_cache_read: "0.025", output: "2.5" } },
    cache: { min_prefix_tokens: 1_024, ttl_ms: 30 * minute },
  },
  {
    id: "sonnet-5.5",
    context_tokens: 1_000_000,
    price_usd_per_mtok: { input: "2", input_cache_read: "0.1", input_cache_write: "2.5", output: "10" },
    cache: { min_prefix_tokens: 1_024, ttl_ms: 5 * minute },
  },
  {
    id: "sonnet-with-an-hour",
    context_tokens: 1_000_000,
    price_usd_per_mtok: {
      ...{ input: "2", input_cache_read: "0.1", input_cache_write: "2.5", input_cache_write_long: "4" },
      output: "10",
    },
    cache: { min_prefix_tokens: 1_024, ttl_ms: 5 * minute },
  },
  {
    id: "haiku-5.5",
    context_tokens: 1_000_000,
    price_usd_per_mtok: { input: "0.10", input_cache_read: "0.01", output: "0.50" },
    tiers: [
      {
        above_input_tokens: 100_000,
        price_usd_per_mtok: { input: "0.5", input_cache_read: "0.05", output: "2.5" },
      },
    ],
  },
  {
    id: "gemini-3.1-pro",
    context_tokens: 1_048_576,
    price_usd_per_mtok: { input: "2", input_cache_read: "0.2", output: "12" },
    tiers: [{ above_input_tokens: 200_000, price_usd_per_mtok: { input: "4", input_cache_read: "0.4", output: "18" } }],
  },
  {
    id: "gemini-stored",
    context_tokens: 1_048_576,
    price_usd_per_mtok: { input: "0.75", input_cache_read: "0.075", output: "3" },
    cache: { min_prefix_tokens: 4_096, ttl_ms: 5 * minute, renewed_by_use: false, storage_usd_per_mtok_hour: "0.50" },
  },
  {
    id: "fixed-hour",
    context_tokens: 1_000_000,
    price_usd_per_mtok: { input: "2", input_cache_read: "0.2", output: "12" },
    cache: { min_prefix_tokens: 4_096, ttl_ms: hour, renewed_by_use: false },
  },
  {
    id: "deepseek-flash",
    context_tokens: 1_000_000,
    price_usd_per_mtok: { input: "0.15", input_cache_read: "0.003", output: "0.60" },
  },
  { id: "no-cache", context_tokens: 128_000, price_usd_per_mtok: { input: "1", output: "2" } },
  { id: "no-window", price_usd_per_mtok: { input: "1", output: "2" } },
  { id: "no-price", context_tokens: 128_000 },
];
const local = {
  id: "here",
  base_url: "http://127.0.0.1:9/v1",
  local: true,
  models: [{ id: "m", context_tokens: 32_000 }],
};

/** A real price book. */
export const book: PriceBook = createPriceBook(
  parseProvidersFile(JSON.stringify({ providers: [{ id: "p", base_url: "http://127.0.0.1:9/v1", models }, local] }), {
    environment: {},
    changedOn: "2026-11-24",
  }).flatMap((setup) => setup.models),
);

/** 4,600 tokens in, 300 out. */
const ragUsage: UsageTokens = { ...noTokens, inputFresh: 4_600, outputText: 300 };
export const calculator = createSavingsCalculator();

/** The reference's prompt beside a corpus of this size, with a system prompt of 600 tokens. */
export function ask(model: string, corpusTokens: number, change: Partial<SavingsQuestion> = {}): SavingsQuestion {
  const actual = change.actual ?? ragUsage;
  const provider = change.provider ?? "p";
  const priced = book.price(provider, model, actual, change.terms);
  return {
    priceBook: book,
    provider,
    model,
    corpusTokens,
    overheadTokens: 600,
    actual,
    ...(priced.kind === "priced" ? { actualCost: priced.cost } : {}),
    ...change,
  };
}

export function arm(question: SavingsQuestion, id: ArmId): CounterfactualArm {
  const found = calculator.counterfactuals(question).find((candidate) => candidate.arm === id);
  if (found === undefined) throw new Error(`${id} is missing`);
  return found;
}

export const perThousand = (cost: bigint | undefined) => Number(cost) / 1e6;

/** `1 − ours / theirs`, in percent. */
export function percentSaved(question: SavingsQuestion, id: ArmId): number {
  const { cost, saved } = arm(question, id);
  return (100 * Number(saved.cost)) / Number(cost);
}

/** As many decimals as the printed number has. */
export function printed(value: number, like: string): string {
  return (Math.round(value * 1e6) / 1e6 + 1e-9).toFixed(like.split(".")[1]?.length ?? 0);
}
