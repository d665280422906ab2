import type { Usage } from "@larder/contracts";
import { z } from "zod";
import { count, toUsage } from "./disjoint-usage.ts";

const ollama = z.object({ prompt_eval_count: count, eval_count: count });

/**
 * Usage of Ollama's own format. It leaves `prompt_eval_count` out when the prompt was still in memory, which is not 0:
 * then `undefined`, and the caller estimates.
 */
export function usageOfOllama(value: unknown): Usage | undefined {
  const { prompt_eval_count: input, eval_count: output } = ollama.safeParse(value).data ?? {};
  if (input === undefined || input === 0 || output === undefined) return undefined;
  return toUsage({ input, output });
}

const llamaCpp = z.object({
  tokens_evaluated: count,
  tokens_predicted: count,
  timings: z.object({ cache_n: count, prompt_n: count, predicted_n: count }).optional().catch(undefined),
});

/**
 * Usage of llama.cpp's own `/completion` format. `tokens_evaluated` is the whole prompt; how much of it was still in
 * memory is `timings.cache_n`. `tokens_cached` counts the answer too and is not read.
 */
export function usageOfLlamaCpp(value: unknown): Usage | undefined {
  const { tokens_evaluated: evaluated, tokens_predicted: predicted, timings } = llamaCpp.safeParse(value).data ?? {};
  const cacheRead = timings?.cache_n ?? 0;
  const input = evaluated ?? (timings?.prompt_n === undefined ? undefined : timings.prompt_n + cacheRead);
  const output = predicted ?? timings?.predicted_n;
  if (input === undefined || input === 0 || output === undefined) return undefined;
  return toUsage({ input, cacheRead, output });
}
