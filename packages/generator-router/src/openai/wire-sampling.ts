import type { Sampling } from "@larder/contracts";

/** The fields of a chat request that say how words are chosen; none that was not given. */
export function toWireSampling(sampling: Sampling = {}) {
  const { temperature, topP, seed, stop, presencePenalty, frequencyPenalty } = sampling;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(stop !== undefined && { stop: [...stop] }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
  };
}
