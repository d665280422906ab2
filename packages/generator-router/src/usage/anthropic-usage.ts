import type { Usage } from "@larder/contracts";
import { z } from "zod";
import { count, laneOf, part, toUsage } from "./disjoint-usage.ts";

const wire = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: part,
  cache_creation_input_tokens: part,
  cache_creation: z
    .object({ ephemeral_5m_input_tokens: part, ephemeral_1h_input_tokens: part })
    .optional()
    .catch(undefined),
  service_tier: z.string().optional().catch(undefined),
  inference_geo: z.string().optional().catch(undefined),
  server_tool_use: z.object({ web_search_requests: count }).optional().catch(undefined),
});

/**
 * Usage of Anthropic's own format. `input_tokens` excludes what was read from or written to the cache, so the total is
 * the sum of all three. `cache_creation_input_tokens` is the sum of its two kinds, never beside them; told alone, it is
 * taken for the five-minute kind and flagged. Thinking is inside `output_tokens` and not told apart.
 * In a stream, the last counts stand for the whole call: later ones replace earlier ones, they do not add up
 * (see {@link mergeAnthropicUsage}). `undefined` when nothing usable was said.
 */
export function usageOfAnthropic(value: unknown): Usage | undefined {
  const parsed = wire.safeParse(value);
  if (!parsed.success) return undefined;
  const said = parsed.data;
  const { input_tokens: fresh, output_tokens: output, cache_read_input_tokens: cacheRead } = said;
  if (fresh === undefined || output === undefined) return undefined;
  const told = said.cache_creation;
  const [short, long] = [told?.ephemeral_5m_input_tokens ?? 0, told?.ephemeral_1h_input_tokens ?? 0];
  const written = Math.max(said.cache_creation_input_tokens, short + long);
  const input = fresh + cacheRead + written;
  if (input === 0) return undefined;
  const untold = written - short - long;
  const lane = laneOf(said.service_tier);
  const searches = said.server_tool_use?.web_search_requests;
  const { inference_geo: geo } = said;
  return toUsage(
    { input, cacheRead, cacheWrite: short + untold, cacheWriteLong: long, output },
    {
      ...(lane !== undefined && { lane }),
      ...(geo !== undefined && geo !== "" && geo !== "global" && { region: geo }),
      ...(searches !== undefined && { searches }),
      ...(untold > 0 && { flags: ["cache_write_time_unknown"] }),
    },
  );
}

/** The usage of a stream's `message_start` with what its `message_delta` says later: cumulative, so the later stands. */
export function mergeAnthropicUsage(start: unknown, delta: unknown): unknown {
  const object = z.record(z.string(), z.unknown()).catch({});
  const later = Object.entries(object.parse(delta)).filter(([, value]) => value !== null && value !== undefined);
  return { ...object.parse(start), ...Object.fromEntries(later) };
}
