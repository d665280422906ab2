import type { Usage } from "@larder/contracts";
import { z } from "zod";
import { count, laneOf, toUsage } from "./disjoint-usage.ts";
import { optionalDetails, partsOf, usdOfTicks } from "./openai-details.ts";

const wire = z.object({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: optionalDetails,
  output_tokens_details: optionalDetails,
  cost_in_usd_ticks: count,
});

/**
 * Usage of the OpenAI Responses format (xAI's too): cached tokens are inside `input_tokens`, reasoning inside
 * `output_tokens`. `undefined` when nothing usable was said.
 */
export function usageOfResponses(value: unknown, around: { readonly serviceTier?: unknown } = {}): Usage | undefined {
  const parsed = wire.safeParse(value);
  if (!parsed.success) return undefined;
  const { input_tokens: input, output_tokens: output, cost_in_usd_ticks: ticks } = parsed.data;
  if (input === undefined || input === 0 || output === undefined) return undefined;
  const lane = laneOf(around.serviceTier);
  return toUsage(
    {
      input,
      ...partsOf(parsed.data.input_tokens_details, parsed.data.output_tokens_details),
      output,
    },
    {
      ...(lane !== undefined && { lane }),
      ...(ticks !== undefined && { billedCost: usdOfTicks(ticks) }),
    },
  );
}
