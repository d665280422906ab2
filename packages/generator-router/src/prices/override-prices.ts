import type { ModelEntry, PriceFinding } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { modelForm, toModelEntry } from "../providers/model-form.ts";

const overrideModel = modelForm
  .pick({
    price_usd_per_mtok: true,
    tiers: true,
    batch: true,
    flex: true,
    priority: true,
    region_multipliers: true,
    off_peak: true,
    fees_usd: true,
  })
  .extend({ provider: z.string().min(1), id: z.string().min(1) });
const overrideForm = z.strictObject({
  /** ISO date of these prices. */
  as_of: z.iso.date(),
  /** Where they come from: a contract, an invoice. */
  source: z.string().min(1).default("override file"),
  models: z.array(overrideModel),
});

/** A user's own prices, by provider and model. */
export interface PriceOverrides {
  readonly models: readonly ModelEntry[];
}

/**
 * Reads a file of prices that stand above the catalog's; docs/guides/routing.md shows its form.
 * @throws {@link LarderError} `PRICES_INVALID` with all problems in `details.problems`
 */
export function parseOverrides(text: string): PriceOverrides {
  const read = overrideForm.safeParse(parseJson(text));
  if (!read.success) throw new LarderError("PRICES_INVALID", { details: { problems: z.prettifyError(read.error) } });
  const { as_of: asOf, source, models } = read.data;
  return {
    models: models.map(({ provider, ...form }) =>
      toModelEntry(
        { ...form, capabilities: [] },
        { provider, isLocal: false, regions: [], sources: [{ name: source, asOf }] },
      ),
    ),
  };
}

/**
 * The entries with the overridden prices in place: all prices of such a model are the file's, none of the catalog's is
 * mixed in; window, capabilities and quality stay. An override of a model that is not there changes nothing, and a
 * finding says so.
 */
export function overridePrices(entries: readonly ModelEntry[], overrides: PriceOverrides) {
  const keyOf = ({ provider, model }: ModelEntry) => `${provider}/${model}`;
  const byKey = new Map(overrides.models.map((each) => [keyOf(each), each]));
  const used = new Set<string>();
  const models = entries.map((entry) => {
    const given = byKey.get(keyOf(entry));
    if (given === undefined) return entry;
    used.add(keyOf(entry));
    const { cards: _c, regionMultipliers: _r, offPeak: _o, fees: _f, ...unpriced } = entry;
    const { rates, tiers, cards, regionMultipliers, offPeak, fees, sources } = given;
    return {
      ...unpriced,
      ...{ rates, tiers, sources },
      ...(cards && { cards }),
      ...(regionMultipliers && { regionMultipliers }),
      ...(offPeak && { offPeak }),
      ...(fees && { fees }),
    };
  });
  const findings: readonly PriceFinding[] = overrides.models
    .filter((each) => !used.has(keyOf(each)))
    .map(({ provider, model }) => {
      const message = "The override file prices a model that is not configured.";
      return { provider, model, code: "override_unused", message };
    });
  return { models, findings };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LarderError("PRICES_INVALID", { details: { problems: "the file is not JSON" }, cause });
  }
}
