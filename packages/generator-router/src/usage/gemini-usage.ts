import type { Usage } from "@larder/contracts";
import { z } from "zod";
import { count, laneOf, part, toUsage } from "./disjoint-usage.ts";

const modalities = z.array(z.object({ modality: z.string().catch(""), tokenCount: part })).catch([]);
const wire = z.object({
  promptTokenCount: count,
  cachedContentTokenCount: part,
  candidatesTokenCount: count,
  thoughtsTokenCount: part,
  toolUsePromptTokenCount: part,
  totalTokenCount: count,
  promptTokensDetails: modalities,
  cacheTokensDetails: modalities,
  candidatesTokensDetails: modalities,
  serviceTier: z.string().optional().catch(undefined),
});

/**
 * Usage of Gemini's own format (`usageMetadata`). `promptTokenCount` includes cached content; what tools put into the
 * prompt is told beside it. Thoughts are beside the candidates and billed as output. Cached audio and images are cached
 * tokens, so they are taken off their modality. `undefined` when nothing usable was said.
 */
export function usageOfGemini(value: unknown): Usage | undefined {
  const parsed = wire.safeParse(value);
  if (!parsed.success) return undefined;
  const said = parsed.data;
  if (said.promptTokenCount === undefined || said.promptTokenCount === 0) return undefined;
  const input = said.promptTokenCount + said.toolUsePromptTokenCount;
  const thoughts = said.thoughtsTokenCount;
  const rest = said.totalTokenCount === undefined ? undefined : said.totalTokenCount - input - thoughts;
  const candidates = said.candidatesTokenCount ?? (rest === undefined ? undefined : Math.max(0, rest));
  if (candidates === undefined) return undefined;
  const ofModality = (list: z.infer<typeof modalities>, modality: string) =>
    list.filter((each) => each.modality === modality).reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  const uncached = (modality: string) =>
    Math.max(0, ofModality(said.promptTokensDetails, modality) - ofModality(said.cacheTokensDetails, modality));
  const lane = laneOf(said.serviceTier?.toLowerCase());
  return toUsage(
    {
      input,
      cacheRead: said.cachedContentTokenCount,
      audioInput: uncached("AUDIO"),
      imageInput: uncached("IMAGE"),
      output: candidates + thoughts,
      reasoning: thoughts,
      audioOutput: ofModality(said.candidatesTokensDetails, "AUDIO"),
    },
    lane === undefined ? {} : { lane },
  );
}
