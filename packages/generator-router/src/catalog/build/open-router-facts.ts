import type { Row, SourceFacts, SourceRates } from "./source-facts.ts";
import { asRow, asRows, defined, feeText, isoDate, notZero, perToken, wholeNumber } from "./source-facts.ts";

/** OpenRouter's list: dollars per token as text; `overrides` hold from `min_prompt_tokens` on. */
export function factsFromOpenRouter(row: Row): SourceFacts {
  const pricing = asRow(row.pricing);
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
    rates: ratesOf(pricing),
    tiers: asRows(pricing.overrides).flatMap((override) => {
      const inputTokens = wholeNumber(override.min_prompt_tokens);
      return inputTokens === undefined ? [] : [{ inputTokens, rates: ratesOf(override) }];
    }),
    searchFee: feeText(pricing.web_search),
    contextTokens: wholeNumber(row.context_length),
    outputTokensMax: wholeNumber(asRow(row.top_provider).max_completion_tokens),
    capabilities,
    quality: qualityOf(row),
    retiresOn: isoDate(row.expiration_date),
  });
}

/** The third-party intelligence index that the list carries, as 0 … 1. */
export function qualityOf(row: Row): number | undefined {
  const index = asRow(asRow(row.benchmarks).artificial_analysis).intelligence_index;
  return typeof index === "number" ? Math.round(index) / 100 : undefined;
}

/** `image` is left out: the list does not say whether it is for a token or for a picture. */
function ratesOf(pricing: Row): SourceRates {
  return defined({
    input: perToken(pricing.prompt),
    input_cache_read: notZero(perToken(pricing.input_cache_read)),
    input_cache_write: notZero(perToken(pricing.input_cache_write)),
    input_cache_write_long: notZero(perToken(pricing.input_cache_write_1h)),
    input_audio: notZero(perToken(pricing.audio)),
    output: perToken(pricing.completion),
    output_reasoning: notZero(perToken(pricing.internal_reasoning)),
    output_audio: notZero(perToken(pricing.audio_output)),
  });
}
