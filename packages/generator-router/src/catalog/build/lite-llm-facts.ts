import type { LaneName, OffPeakFacts, Row, SourceCard, SourceFacts, SourceRates, SourceTier } from "./source-facts.ts";
import { asRow, asRows, defined, feeText, isoDate, laneNames, notZero, perToken, wholeNumber } from "./source-facts.ts";

const keys = {
  input: "input_cost_per_token",
  input_cache_read: "cache_read_input_token_cost",
  input_cache_write: "cache_creation_input_token_cost",
  input_cache_write_long: "cache_creation_input_token_cost_above_1hr",
  input_audio: "input_cost_per_audio_token",
  input_image: "input_cost_per_image_token",
  output: "output_cost_per_token",
  output_reasoning: "output_cost_per_reasoning_token",
  output_audio: "output_cost_per_audio_token",
} as const;
const laneSuffix: Readonly<Record<LaneName, string>> = { batch: "_batches", flex: "_flex", priority: "_priority" };
const flags: readonly (readonly [string, string])[] = [
  ["supports_response_schema", "json_schema"],
  ["supports_function_calling", "tools"],
  ["supports_vision", "vision"],
  ["supports_reasoning", "reasoning"],
];

/** LiteLLM's map: dollars per token, one key for each rate, line and lane (`…_above_272k_tokens_priority`). */
export function factsFromLiteLlm(row: Row): SourceFacts {
  const card = laneCard(row, "");
  const tiered = rangeCard(row);
  const lanes = laneNames.flatMap((lane) => {
    const found = laneCard(row, laneSuffix[lane]);
    return hasBoth(found) ? [[lane, found] as const] : [];
  });
  const special = asRow(row.provider_specific_entry);
  const standard = tiered ?? card;
  const fast = fastCard(standard, special.fast);
  const allLanes = Object.fromEntries([...(fast === undefined ? [] : [["priority", fast] as const]), ...lanes]);
  return defined({
    ...standard,
    lanes: Object.keys(allLanes).length === 0 ? undefined : allLanes,
    regionMultipliers: regions(row, special),
    offPeak: offPeak(row),
    searchFee: searchFee(row),
    requestFee: feeText(row.input_cost_per_request),
    contextTokens: wholeNumber(row.max_input_tokens),
    outputTokensMax: wholeNumber(row.max_output_tokens),
    prefixTokensMin: wholeNumber(row.prompt_cache_min_tokens),
    capabilities: flags.filter(([flag]) => row[flag] === true).map(([, capability]) => capability),
    retiresOn: isoDate(row.deprecation_date),
  });
}

const hasBoth = ({ rates }: SourceCard) => rates.input !== undefined && rates.output !== undefined;

function laneCard(row: Row, suffix: string): SourceCard {
  const line = /^input_cost_per_token_above_(\d+)k_tokens$/;
  const names = Object.keys(row).filter((name) => name.endsWith(suffix));
  const thousands = names.flatMap((name) => line.exec(name.slice(0, name.length - suffix.length))?.[1] ?? []);
  return {
    rates: ratesOf(row, suffix),
    tiers: thousands
      .map((each) => ({ inputTokens: Number(each) * 1_000, rates: ratesOf(row, `_above_${each}k_tokens${suffix}`) }))
      .toSorted((a, b) => a.inputTokens - b.inputTokens),
  };
}

function ratesOf(row: Row, suffix: string): SourceRates {
  return defined({
    input: perToken(row[`${keys.input}${suffix}`]),
    input_cache_read: notZero(perToken(row[`${keys.input_cache_read}${suffix}`])),
    input_cache_write: notZero(perToken(row[`${keys.input_cache_write}${suffix}`])),
    input_cache_write_long: notZero(perToken(row[`${keys.input_cache_write_long}${suffix}`])),
    input_audio: notZero(perToken(row[`${keys.input_audio}${suffix}`])),
    input_image: notZero(perToken(row[`${keys.input_image}${suffix}`])),
    output: perToken(row[`${keys.output}${suffix}`]),
    output_reasoning: notZero(perToken(row[`${keys.output_reasoning}${suffix}`])),
    output_audio: notZero(perToken(row[`${keys.output_audio}${suffix}`])),
  });
}

/** Dashscope's form: ranges `(start, end]`, all or nothing; above the last range the last one holds. */
function rangeCard(row: Row): SourceCard | undefined {
  const ranges = asRows(row.tiered_pricing)
    .map((each) => ({
      start: Array.isArray(each.range) ? Number(each.range[0]) : Number.NaN,
      rates: ratesOf(each, ""),
    }))
    .filter(({ start }) => Number.isFinite(start))
    .toSorted((a, b) => a.start - b.start);
  const [base, ...above] = ranges;
  if (base === undefined) return undefined;
  const tiers: readonly SourceTier[] = above.map(({ start, rates }) => ({ inputTokens: start, rates }));
  return { rates: base.rates, tiers };
}

/** Anthropic's fast mode: a multiple of every rate, billed as the priority lane. */
function fastCard({ rates }: SourceCard, times: unknown): SourceCard | undefined {
  if (typeof times !== "number" || !Number.isInteger(times) || times < 1) return undefined;
  const multiplied = Object.entries(rates).map(([name, rate]) => [name, rate * BigInt(times)]);
  return { rates: Object.fromEntries(multiplied), tiers: [] };
}

function regions(row: Row, special: Row): Readonly<Record<string, string>> | undefined {
  const found = ["eu", "us"].flatMap((region) => {
    const times = row[`regional_processing_uplift_multiplier_${region}`] ?? special[region];
    return typeof times === "number" && times > 0 && times !== 1 ? [[region, String(times)] as const] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The dearest of the sizes: which one a request gets is not told in the reply. */
function searchFee(row: Row): string | undefined {
  const fees = Object.values(asRow(row.search_context_cost_per_query)).filter((each) => typeof each === "number");
  return fees.length === 0 ? undefined : feeText(Math.max(...fees));
}

/** Only windows whose weekdays are UTC's; others would need a calendar that no bill shows. */
function offPeak(row: Row): OffPeakFacts | undefined {
  const block = asRow(row.off_peak_pricing);
  const zone = block.weekday_timezone;
  const listed = asRows(block.windows);
  const windows = (listed.length > 0 ? listed : [block]).flatMap((each) => {
    const [from, to] = typeof each.hours_utc === "string" ? each.hours_utc.split("-") : [];
    if (from === undefined || to === undefined) return [];
    const days = Array.isArray(each.weekdays) ? each.weekdays.filter((day) => Number.isInteger(day)) : undefined;
    if (days !== undefined && zone !== undefined && zone !== "UTC") return [];
    return [{ from: from.trim(), to: to.trim(), ...(days && { weekdays: days }) }];
  });
  return windows.length === 0 ? undefined : { windows, rates: ratesOf(block, "") };
}
