import type { Usage } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { z } from "zod";
import { count, laneOf, toUsage } from "./disjoint-usage.ts";

const details = z.object({
  cached_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  audio_tokens: count,
  image_tokens: count,
});
const optionalDetails = details.optional().catch(undefined);
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
  const [ins, outs] = [parsed.data.input_tokens_details, parsed.data.output_tokens_details];
  const lane = laneOf(around.serviceTier);
  return toUsage(
    {
      input,
      cacheRead: ins?.cached_tokens ?? 0,
      cacheWrite: ins?.cache_write_tokens ?? 0,
      audioInput: ins?.audio_tokens ?? 0,
      imageInput: ins?.image_tokens ?? 0,
      output,
      reasoning: outs?.reasoning_tokens ?? 0,
      audioOutput: outs?.audio_tokens ?? 0,
    },
    {
      ...(lane !== undefined && { lane }),
      ...(ticks !== undefined && { billedCost: nanoUsd((BigInt(ticks) + 9n) / 10n) }),
    },
  );
}
