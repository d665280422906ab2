import { parseUsdPerMTok, parseUsdPerToken } from "@larder/contracts";
import type { ChosenModel } from "./chosen-models.ts";

export interface SourceRates {
  readonly input?: bigint;
  readonly output?: bigint;
  readonly input_cache_read?: bigint;
  readonly input_cache_write?: bigint;
}

/** What one source says of one model. Rates are nano-dollars per million tokens. */
export interface SourceFacts {
  readonly rates: SourceRates;
  readonly tiers: readonly { readonly inputTokens: number; readonly rates: SourceRates }[];
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly capabilities: readonly string[];
  readonly quality?: number;
  readonly retiresOn?: string;
}

type Row = Readonly<Record<string, unknown>>;
const asRow = (value: unknown): Row => (typeof value === "object" && value !== null ? (value as Row) : {});
const wholeNumber = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
const isoDate = (value: unknown) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : undefined;
/** A cache price of exactly 0 in these lists means that the source has none. */
const notZero = (rate: bigint | undefined) => (rate === 0n ? undefined : rate);
const perToken = (value: unknown) =>
  value === undefined || value === null ? undefined : parseUsdPerToken(String(value));
const perMTok = (value: unknown) =>
  value === undefined || value === null ? undefined : parseUsdPerMTok(String(value));

function defined<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never;
}

export function factsFromLiteLlm(content: unknown, chosen: ChosenModel): SourceFacts | undefined {
  const found = asRow(content)[chosen.litellm];
  if (found === undefined) return undefined;
  const row = asRow(found);
  const rates = (suffix: string): SourceRates =>
    defined({
      input: perToken(row[`input_cost_per_token${suffix}`]),
      output: perToken(row[`output_cost_per_token${suffix}`]),
      input_cache_read: notZero(perToken(row[`cache_read_input_token_cost${suffix}`])),
      input_cache_write: notZero(perToken(row[`cache_creation_input_token_cost${suffix}`])),
    });
  const lines = Object.keys(row).flatMap((name) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(name)?.[1] ?? []);
  const flags: readonly (readonly [string, string])[] = [
    ["supports_response_schema", "json_schema"],
    ["supports_function_calling", "tools"],
    ["supports_vision", "vision"],
    ["supports_reasoning", "reasoning"],
  ];
  return defined({
    rates: rates(""),
    tiers: lines.map((thousands) => ({
      inputTokens: Number(thousands) * 1_000,
      rates: rates(`_above_${thousands}k_tokens`),
    })),
    contextTokens: wholeNumber(row.max_input_tokens),
    outputTokensMax: wholeNumber(row.max_output_tokens),
    capabilities: flags.filter(([flag]) => row[flag] === true).map(([, capability]) => capability),
    retiresOn: isoDate(row.deprecation_date),
  });
}

export function factsFromOpenRouter(content: unknown, chosen: ChosenModel): SourceFacts | undefined {
  const list = asRow(content).data;
  const find = (id: string | undefined) =>
    id === undefined || !Array.isArray(list) ? undefined : list.map(asRow).find((row) => row.id === id);
  const row = find(chosen.openrouter);
  const index = asRow(asRow(asRow(row ?? find(chosen.qualityFrom)).benchmarks).artificial_analysis).intelligence_index;
  const quality = typeof index === "number" ? Math.round(index) / 100 : undefined;
  if (row === undefined) return quality === undefined ? undefined : { rates: {}, tiers: [], capabilities: [], quality };
  const rates = (pricing: Row): SourceRates =>
    defined({
      input: perToken(pricing.prompt),
      output: perToken(pricing.completion),
      input_cache_read: notZero(perToken(pricing.input_cache_read)),
      input_cache_write: notZero(perToken(pricing.input_cache_write)),
    });
  const pricing = asRow(row.pricing);
  const overrides = Array.isArray(pricing.overrides) ? pricing.overrides.map(asRow) : [];
  const parameters = Array.isArray(row.supported_parameters) ? row.supported_parameters : [];
  const inputs = asRow(row.architecture).input_modalities;
  const capabilities = [
    ...(parameters.includes("structured_outputs") ? ["json_schema"] : []),
    ...(parameters.includes("response_format") ? ["json_object"] : []),
    ...(parameters.includes("tools") ? ["tools"] : []),
    ...(Array.isArray(inputs) && inputs.includes("image") ? ["vision"] : []),
    ...(parameters.includes("reasoning") ? ["reasoning"] : []),
  ];
  return defined({
    rates: rates(pricing),
    tiers: overrides.flatMap((override) => {
      const inputTokens = wholeNumber(override.min_prompt_tokens);
      return inputTokens === undefined ? [] : [{ inputTokens, rates: rates(override) }];
    }),
    contextTokens: wholeNumber(row.context_length),
    outputTokensMax: wholeNumber(asRow(row.top_provider).max_completion_tokens),
    capabilities,
    quality,
    retiresOn: isoDate(row.expiration_date),
  });
}

export function factsFromModelsDev(content: unknown, chosen: ChosenModel): SourceFacts | undefined {
  const provider = asRow(asRow(content)[chosen.modelsDev.provider]);
  const found = asRow(provider.models)[chosen.modelsDev.id];
  if (found === undefined) return undefined;
  const row = asRow(found);
  const cost = asRow(row.cost);
  const rates = (prices: Row): SourceRates =>
    defined({
      input: perMTok(prices.input),
      output: perMTok(prices.output),
      input_cache_read: notZero(perMTok(prices.cache_read)),
      input_cache_write: notZero(perMTok(prices.cache_write)),
    });
  const tiers = Array.isArray(cost.tiers) ? cost.tiers.map(asRow) : [];
  const limit = asRow(row.limit);
  const inputs = asRow(row.modalities).input;
  return defined({
    rates: rates(cost),
    tiers: tiers.flatMap((tier) => {
      const inputTokens = wholeNumber(asRow(tier.tier).size);
      return inputTokens === undefined ? [] : [{ inputTokens, rates: rates(tier) }];
    }),
    contextTokens: wholeNumber(limit.context),
    outputTokensMax: wholeNumber(limit.output),
    capabilities: [
      ...(row.structured_output === true ? ["json_schema"] : []),
      ...(row.tool_call === true ? ["tools"] : []),
      ...(Array.isArray(inputs) && inputs.includes("image") ? ["vision"] : []),
      ...(row.reasoning === true ? ["reasoning"] : []),
    ],
  });
}
