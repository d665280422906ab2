import type { NanoUsd, Usage } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { z } from "zod";
import { count, laneOf, toUsage, usdOf } from "./disjoint-usage.ts";
import { optionalDetails, partsOf, usdOfTicks } from "./openai-details.ts";

const wire = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: optionalDetails,
  completion_tokens_details: optionalDetails,
  /** DeepSeek's own pair; the two sum to the prompt. */
  prompt_cache_hit_tokens: count,
  prompt_cache_miss_tokens: count,
  /** Moonshot tells cached tokens here. */
  cached_tokens: count,
  /** OpenRouter's own charge in dollars, and Perplexity's, which is an object. */
  cost: z
    .union([z.number(), z.object({ total_cost: z.number() })])
    .optional()
    .catch(undefined),
  cost_details: z.object({ upstream_inference_cost: z.number().nullish() }).optional().catch(undefined),
  is_byok: z.boolean().optional().catch(undefined),
  cost_in_usd_ticks: count,
  server_tool_use: z.object({ web_search_requests: count }).optional().catch(undefined),
  num_search_queries: count,
});
type Wire = z.infer<typeof wire>;

/** What stands beside the usage in a reply: OpenAI's `service_tier`, llama.cpp's `timings`. */
export interface ReplyAround {
  readonly serviceTier?: unknown;
  readonly timings?: unknown;
}
const timingsForm = z.object({ cache_n: count, prompt_n: count, predicted_n: count });

/**
 * Usage of the OpenAI chat format and its dialects, as disjoint buckets. `undefined` when nothing usable was said:
 * absent is not zero, and a prompt of no tokens was not counted.
 *
 * Cached and written tokens are inside `prompt_tokens`; where the parts exceed the total, cached wins, then written.
 * Reasoning is inside `completion_tokens`, except where `total_tokens` shows that it stands beside it (xAI; Gemini,
 * which does not name it at all). xAI's `text_tokens` repeats the whole prompt and is not read.
 */
export function normaliseUsage(value: unknown, around: ReplyAround = {}): Usage | undefined {
  const parsed = wire.safeParse(value);
  const said = parsed.success ? parsed.data : undefined;
  const local = around.timings === undefined ? undefined : timingsForm.safeParse(around.timings).data;
  const prompt = said === undefined ? undefined : promptOf(said);
  const completion = said?.completion_tokens ?? remainder(said?.total_tokens, prompt);
  if (said === undefined || prompt === undefined || prompt === 0 || completion === undefined) return ofTimings(local);

  const input = said.prompt_tokens_details;
  const cached = input?.cached_tokens || said.prompt_cache_hit_tokens || said.cached_tokens || local?.cache_n || 0;
  const reasoning = said.completion_tokens_details?.reasoning_tokens;
  const beside = (said.total_tokens ?? 0) - prompt - completion;
  const isBeside = beside > 0 && (reasoning === undefined || reasoning === beside);
  const lane = laneOf(around.serviceTier);
  const searches = said.server_tool_use?.web_search_requests ?? said.num_search_queries;
  const billedCost = billedBy(said);
  return toUsage(
    {
      input: prompt,
      ...partsOf(input, said.completion_tokens_details),
      cacheRead: cached,
      output: isBeside ? completion + beside : completion,
      reasoning: isBeside ? beside : (reasoning ?? 0),
    },
    {
      ...(lane !== undefined && { lane }),
      ...(searches !== undefined && { searches }),
      ...(billedCost !== undefined && { billedCost }),
    },
  );
}

function promptOf({ prompt_tokens: prompt, prompt_cache_hit_tokens: hit, prompt_cache_miss_tokens: miss }: Wire) {
  return prompt ?? (hit === undefined ? undefined : hit + (miss ?? 0));
}

/** A llama.cpp that tells its timings only: `prompt_n` is what it read anew. */
function ofTimings(timings: z.infer<typeof timingsForm> | undefined): Usage | undefined {
  const { cache_n: cacheRead = 0, prompt_n: fresh, predicted_n: output } = timings ?? {};
  if (fresh === undefined || output === undefined || fresh + cacheRead === 0) return undefined;
  return toUsage({ input: fresh + cacheRead, cacheRead, output });
}

/** The provider's own charge. With a key of one's own, OpenRouter's `cost` is its fee beside the upstream bill. */
function billedBy({
  cost,
  cost_details: parts,
  is_byok: isOwnKey,
  cost_in_usd_ticks: ticks,
}: Wire): NanoUsd | undefined {
  if (ticks !== undefined) return usdOfTicks(ticks);
  const own = usdOf(typeof cost === "object" ? cost.total_cost : cost);
  const upstream = usdOf(parts?.upstream_inference_cost);
  if (own === undefined || isOwnKey !== true) return own;
  return upstream === undefined ? undefined : nanoUsd(own + upstream);
}

function remainder(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined || total < part ? undefined : total - part;
}
