import type { Capability, FlagState, ModelEntry, ModelKnowledge, QualityPosterior } from "@larder/contracts";
import { nearCounts } from "@larder/contracts";

/** Needs that are neither advertised nor were found in a probe. */
export function missingCapabilities(
  entry: ModelEntry,
  needs: readonly Capability[],
  known: ModelKnowledge | undefined,
): readonly Capability[] {
  const isFound = (need: Capability) => known?.flags?.some(({ flag, holds }) => flag === need && holds) === true;
  return needs.filter((need) => !entry.capabilities.includes(need) && !isFound(need));
}

/** Needs that the model was seen not to meet, and whose time to be tried again has not come. */
export function lostFlags(
  needs: readonly Capability[],
  known: ModelKnowledge | undefined,
  nowMs: number,
): readonly FlagState[] {
  const flags = known?.flags ?? [];
  return flags.filter((each) => isLost(each, nowMs) && needs.some((need) => need === each.flag));
}

function isLost({ holds, retryAtMs }: FlagState, nowMs: number): boolean {
  return !holds && (retryAtMs === undefined || nowMs < retryAtMs);
}

export function retrySentence({ flag, source, atMs, retryAtMs }: FlagState): string {
  const how = source === "probe" ? "A probe found" : "It was seen";
  const then = retryAtMs === undefined ? "" : `; it is tried again from ${minute(retryAtMs)} on`;
  return `${how} on ${minute(atMs)} that it does not keep to ${flag}${then}.`;
}

const minute = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;

/** The bound beside what it rests on, so that a reader can tell a bad model from an unknown one. */
export function qualitySentence(quality: QualityPosterior | undefined, asked: string): string {
  if (quality === undefined || (quality.weight === 0 && !quality.near?.trust)) {
    return `Its quality is ${quality?.lowerBound}; ${asked}.`;
  }
  const answers = quality.weight.toFixed(1);
  const mean = Math.round(quality.mean * 100);
  const bound = (Math.floor(quality.lowerBound * 1_000) / 1_000).toFixed(3);
  return `Its quality is above ${bound} with 95 % certainty (${mean} % good over ${answers} judged answers and the catalog's word${nearPart(quality)}); ${asked}.`;
}

const nearPart = ({ near }: QualityPosterior) =>
  near === undefined || near.trust === 0 ? "" : `; at requests like this one ${nearCounts(near)}`;
