import { mean } from "@larder/statistics";
import type { Figures } from "./figures.ts";
import type { SavingsReport } from "./report-schema.ts";

/** How Larder's prompts fill the window, on average. Evidence counts as used where it is gold. */
export function occupancyOf(
  { observations }: Figures,
  window: number | null,
  outputTokens: number,
): SavingsReport["occupancy"] {
  if (window === null || observations.length === 0) return null;
  const prompt = mean(observations.map(({ observation }) => observation.promptTokens));
  const evidence = mean(observations.map(({ observation }) => observation.evidenceTokens));
  const shares = observations.flatMap(({ observation: { precision, evidenceTokens } }) =>
    precision === undefined ? [] : [Math.min(1, precision) * evidenceTokens],
  );
  const used = shares.length === observations.length ? mean(shares) : null;
  return {
    window_tok: window,
    instructions_tok: Math.max(0, prompt - evidence),
    evidence_used_tok: used,
    evidence_wasted_tok: used === null ? null : evidence - used,
    evidence_tok: evidence,
    output_tok: outputTokens,
    free_tok: Math.max(0, window - prompt - outputTokens),
    occupancy_ratio: prompt / window,
    evidence_share_ratio: prompt === 0 ? 0 : evidence / prompt,
  };
}
