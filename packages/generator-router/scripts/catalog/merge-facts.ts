import type { NanoUsdPerMTok } from "@larder/contracts";
import { formatUsdPerMTok } from "@larder/contracts";
import type { ChosenModel } from "./chosen-models.ts";
import type { SourceFacts, SourceRates } from "./source-facts.ts";

type Sources = Readonly<Record<string, SourceFacts | undefined>>;
const rateNames = ["input", "input_cache_read", "input_cache_write", "output"] as const;

/** Providers whose tiers begin at the line itself; everywhere else they begin above it. */
const inclusiveTiers = new Set(["xai", "openrouter"]);

/** Endpoints that ignore a response format, whatever the model could do elsewhere. */
const ignoresFormats = new Set(["anthropic"]);

/** A write never costs less than fresh input; what stands there for Gemini is the price of an hour's storage. */
const isStoragePrice = (name: string, rates: SourceRates) =>
  name === "input_cache_write" && (rates.input_cache_write ?? 0n) < (rates.input ?? 0n);

/** One catalog entry: what two sources agree on, else the dearest price and the smallest limit, with the fields named. */
export function mergeFacts(chosen: ChosenModel, sources: Sources) {
  const disagreements = new Set<string>();
  const said = Object.entries(sources).flatMap(([name, facts]) => (facts === undefined ? [] : [{ name, facts }]));
  const pricing = said.filter(({ facts }) => facts.rates.input !== undefined && facts.rates.output !== undefined);
  if (pricing.length === 0) throw new Error(`no source prices ${chosen.provider}/${chosen.id}`);

  const agree = <T extends bigint | number>(
    field: string,
    values: readonly (T | undefined)[],
    pick: "most" | "least",
  ) => {
    const known = values.filter((value) => value !== undefined);
    if (new Set(known).size > 1) disagreements.add(field);
    const shared = known.find((value, index) => known.indexOf(value) !== index);
    return shared ?? known.toSorted((a, b) => (a < b === (pick === "least") ? -1 : 1))[0];
  };
  const rates = (prefix: string, all: readonly SourceRates[]) =>
    Object.fromEntries(
      rateNames.flatMap((name) => {
        const values = all.map((each) => (isStoragePrice(name, each) ? undefined : each[name]));
        const rate = agree(`${prefix}${name}`, values, "most");
        return rate === undefined ? [] : [[name, formatUsdPerMTok(rate as NanoUsdPerMTok)]];
      }),
    );
  const base = rates(
    "price.",
    pricing.map(({ facts }) => facts.rates),
  );
  const lines = [...new Set(pricing.flatMap(({ facts }) => facts.tiers.map((tier) => tier.inputTokens)))].toSorted(
    (a, b) => a - b,
  );
  const tiers = lines.map((line) => {
    const told = pricing.flatMap(({ facts }) => facts.tiers.filter((tier) => tier.inputTokens === line));
    if (told.length < pricing.length) disagreements.add(`tier.${line}`);
    const prices = rates(
      `tier.${line}.`,
      told.map((tier) => tier.rates),
    );
    // A tier without an output price keeps the base price: it never becomes free.
    const whole = { ...prices, input: prices.input ?? base.input, output: prices.output ?? base.output };
    const from = inclusiveTiers.has(chosen.provider) ? "from_input_tokens" : "above_input_tokens";
    return { [from]: line, price_usd_per_mtok: whole };
  });

  // Sources mix the whole window with the input's share of it, so the smallest is taken even where two agree.
  agree(
    "context_tokens",
    said.map(({ facts }) => facts.contextTokens),
    "least",
  );
  const smallest = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const outputTokens = agree(
    "max_output_tokens",
    said.map(({ facts }) => facts.outputTokensMax),
    "least",
  );
  const quality = said.find(({ facts }) => facts.quality !== undefined)?.facts.quality;
  const retiresOn = said.flatMap(({ facts }) => facts.retiresOn ?? []).toSorted()[0];
  const capabilities = [...new Set(said.flatMap(({ facts }) => facts.capabilities))]
    .filter((capability) => !(ignoresFormats.has(chosen.provider) && capability.startsWith("json")))
    .concat("system_prompt")
    .toSorted();
  return {
    provider: chosen.provider,
    id: chosen.id,
    context_tokens: smallest(said.map(({ facts }) => facts.contextTokens)) ?? null,
    max_output_tokens: outputTokens ?? null,
    price_usd_per_mtok: base,
    ...(tiers.length > 0 && { tiers }),
    cache: chosen.cache ?? null,
    capabilities,
    quality: quality ?? null,
    ...(quality !== undefined && { quality_source: "openrouter" }),
    ...(retiresOn !== undefined && { retires_on: retiresOn }),
    sources: pricing.map(({ name }) => name),
    disagreements: [...disagreements],
  };
}
