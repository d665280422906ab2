import type { Row, SourceFacts, SourceRates } from "./source-facts.ts";
import { asRow, asRows, defined, notZero, perMTok, wholeNumber } from "./source-facts.ts";

/** models.dev: dollars per million tokens. Its older `context_over_200k` names an output price only and is not read. */
export function factsFromModelsDev(row: Row): SourceFacts {
  const cost = asRow(row.cost);
  const limit = asRow(row.limit);
  const inputs = asRow(row.modalities).input;
  return defined({
    rates: ratesOf(cost),
    tiers: asRows(cost.tiers).flatMap((tier) => {
      const inputTokens = wholeNumber(asRow(tier.tier).size);
      return inputTokens === undefined ? [] : [{ inputTokens, rates: ratesOf(tier) }];
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

function ratesOf(prices: Row): SourceRates {
  return defined({
    input: perMTok(prices.input),
    input_cache_read: notZero(perMTok(prices.cache_read)),
    input_cache_write: notZero(perMTok(prices.cache_write)),
    input_audio: notZero(perMTok(prices.input_audio)),
    output: perMTok(prices.output),
    output_reasoning: notZero(perMTok(prices.reasoning)),
    output_audio: notZero(perMTok(prices.output_audio)),
  });
}
