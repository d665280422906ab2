import type { NanoUsd } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { z } from "zod";
import type { ToldUsage } from "./disjoint-usage.ts";
import { count } from "./disjoint-usage.ts";

/** The parts of a total, of input or output, that OpenAI's two formats and their dialects tell under the same names. */
export const optionalDetails = z
  .object({
    cached_tokens: count,
    cache_write_tokens: count,
    reasoning_tokens: count,
    audio_tokens: count,
    image_tokens: count,
  })
  .optional()
  .catch(undefined);
type Details = z.infer<typeof optionalDetails>;

/** What means the same in both formats; `cacheRead` and `reasoning` are told in several ways by the dialects of one. */
export function partsOf(input: Details, output: Details): Omit<ToldUsage, "input" | "output"> {
  return {
    cacheRead: input?.cached_tokens ?? 0,
    cacheWrite: input?.cache_write_tokens ?? 0,
    audioInput: input?.audio_tokens ?? 0,
    imageInput: input?.image_tokens ?? 0,
    reasoning: output?.reasoning_tokens ?? 0,
    audioOutput: output?.audio_tokens ?? 0,
  };
}

/** xAI's own charge: 10¹⁰ ticks are a dollar. Rounded up. */
export function usdOfTicks(ticks: number): NanoUsd {
  return nanoUsd((BigInt(ticks) + 9n) / 10n);
}
