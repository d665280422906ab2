import type { Usage } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { z } from "zod";

const count = z.int().min(0).optional().catch(undefined);
const details = z.object({ cached_tokens: count, cache_write_tokens: count, reasoning_tokens: count });
const wire = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: details.optional().catch(undefined),
  completion_tokens_details: details.optional().catch(undefined),
  /** DeepSeek's own pair; the two sum to the prompt. */
  prompt_cache_hit_tokens: count,
  prompt_cache_miss_tokens: count,
  /** Moonshot tells cached tokens here. */
  cached_tokens: count,
});

/**
 * Usage of the OpenAI chat format and its dialects, as disjoint buckets. `undefined` when nothing usable was said:
 * absent is not zero, and a prompt of no tokens was not counted.
 *
 * Cached and written tokens are inside `prompt_tokens`; where the parts exceed the total, cached wins, then written.
 * Reasoning is inside `completion_tokens`, except where `total_tokens` shows that it stands beside it (xAI; Gemini,
 * which does not name it at all).
 */
export function normaliseUsage(value: unknown): Usage | undefined {
  const parsed = wire.safeParse(value);
  if (!parsed.success) return undefined;
  const said = parsed.data;
  const hit = said.prompt_cache_hit_tokens;
  const prompt = said.prompt_tokens ?? (hit === undefined ? undefined : hit + (said.prompt_cache_miss_tokens ?? 0));
  const completion = said.completion_tokens ?? remainder(said.total_tokens, prompt);
  if (prompt === undefined || prompt === 0 || completion === undefined) return undefined;

  const cached = said.prompt_tokens_details?.cached_tokens || hit || said.cached_tokens || 0;
  const inputCacheRead = Math.min(cached, prompt);
  const inputCacheWrite = Math.min(said.prompt_tokens_details?.cache_write_tokens ?? 0, prompt - inputCacheRead);

  const reasoning = said.completion_tokens_details?.reasoning_tokens;
  const beside = (said.total_tokens ?? 0) - prompt - completion;
  const isBeside = beside > 0 && (reasoning === undefined || reasoning === beside);
  const output = isBeside ? completion + beside : completion;
  const outputReasoning = Math.min(isBeside ? beside : (reasoning ?? 0), output);
  return {
    source: "provider",
    tokens: {
      ...noTokens,
      inputFresh: prompt - inputCacheRead - inputCacheWrite,
      inputCacheRead,
      inputCacheWrite,
      outputText: output - outputReasoning,
      outputReasoning,
    },
  };
}

function remainder(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined || total < part ? undefined : total - part;
}
