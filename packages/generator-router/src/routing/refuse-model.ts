import type { ModelEntry, ModelKnowledge, NanoUsd, QualityPosterior, Refusal } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { Pause } from "./cool-downs.ts";
import { lostFlags, missingCapabilities, qualitySentence, retrySentence } from "./evidence-of-models.ts";
import type { ModelTokens } from "./expected-tokens.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** What is known of one model when a request comes. */
export interface ModelState {
  readonly entry: ModelEntry;
  readonly knowledge: ModelKnowledge | undefined;
  readonly quality: QualityPosterior | undefined;
  readonly isConfigured: boolean;
  readonly pause: Pause | undefined;
  readonly tokens: ModelTokens;
  readonly outputTokensMax: number;
  readonly expectedCost: NanoUsd | undefined;
  readonly worstCost: NanoUsd | undefined;
}

export interface RefusalContext {
  readonly resolved: ResolvedPolicy;
  readonly isOffline: boolean;
  /** ISO date. */
  readonly today: string;
  readonly nowMs: number;
}

/** Every reason that a model is out, in a fixed order; none when it may be asked. Pure. */
export function refuseModel(
  state: ModelState,
  { resolved, isOffline, today, nowMs }: RefusalContext,
): readonly Refusal[] {
  const { entry, tokens, pause } = state;
  const { policy, needs } = resolved;
  const refusals: Refusal[] = [];

  if (!entry.isLocal && isOffline) refuse(refusals, "offline", "Larder is offline, and this model is not local.");
  if (!entry.isLocal && resolved.isLocalOnly) refuse(refusals, "not_local", "The policy allows local models only.");
  if (policy.providers !== undefined && !policy.providers.includes(entry.provider)) {
    refuse(refusals, "provider_not_allowed", `The policy allows only the providers ${policy.providers.join(", ")}.`);
  }
  if (policy.models !== undefined && !names(entry, policy.models)) {
    refuse(refusals, "model_not_allowed", `The policy allows only the models ${policy.models.join(", ")}.`);
  }
  if (resolved.pinsModel && policy.models?.length !== 1) {
    refuse(refusals, "model_not_pinned", "This persona keeps to one model, and the policy names none or several.");
  }
  // What runs here leaves no region, so no region can forbid it.
  const isServed = entry.isLocal || entry.regions.some((region) => policy.regions?.includes(region));
  if (policy.regions !== undefined && !isServed) {
    const served =
      entry.regions.length === 0 ? "its region is not known" : `it is served in ${entry.regions.join(", ")}`;
    refuse(refusals, "region_not_allowed", `The policy asks for ${policy.regions.join(" or ")}; ${served}.`);
  }
  if (!state.isConfigured) refuse(refusals, "no_credentials", noKeySentence(entry.provider));
  if (pause !== undefined) refusals.push(pauseRefusal(entry.provider, pause));
  if (entry.retiresOn !== undefined && entry.retiresOn < today) {
    refuse(refusals, "retired", `The provider served it until ${entry.retiresOn}.`);
  }
  if (entry.contextTokens === null) {
    refuse(refusals, "context_too_small", "Its context window is not known.");
  } else if (tokens.input + state.outputTokensMax > entry.contextTokens) {
    const asked = `${count(tokens.input)} tokens in and up to ${count(state.outputTokensMax)} out`;
    refuse(refusals, "context_too_small", `${asked} exceed its window of ${count(entry.contextTokens)}.`);
  }
  if (entry.outputTokensMax !== null && state.outputTokensMax > entry.outputTokensMax) {
    refuse(
      refusals,
      "output_too_small",
      `It gives at most ${count(entry.outputTokensMax)} tokens; ${count(state.outputTokensMax)} are asked for.`,
    );
  }
  if (needs.length > 0) {
    const missing = missingCapabilities(entry, needs, state.knowledge);
    if (missing.length > 0) refuse(refusals, "capability_missing", `It does not offer ${missing.join(", ")}.`);
    for (const lost of lostFlags(needs, state.knowledge, nowMs)) {
      refuse(refusals, "capability_missing", retrySentence(lost));
    }
  }
  if (policy.qualityMin !== undefined && state.quality === undefined) {
    refuse(refusals, "quality_unknown", `Its quality is not known; at least ${policy.qualityMin} is asked for.`);
  } else if (policy.qualityMin !== undefined && !((state.quality?.lowerBound ?? 0) >= policy.qualityMin)) {
    refuse(refusals, "quality_below_minimum", qualitySentence(state.quality, policy.qualityMin));
  }
  if (state.expectedCost === undefined || state.worstCost === undefined) {
    refuse(refusals, "price_unknown", "Its price is not known, and unknown is not free.");
  } else if (policy.costMax !== undefined && state.worstCost > policy.costMax) {
    const worst = formatUsd(state.worstCost);
    refuse(
      refusals,
      "cost_above_maximum",
      `It could cost $${worst}; at most $${formatUsd(policy.costMax)} is allowed.`,
    );
  }
  return refusals;
}

export function noKeySentence(provider: string): string {
  return `No key for ${provider} is configured.`;
}

const count = (tokens: number) => tokens.toLocaleString("en-US");

function refuse(refusals: Refusal[], code: Refusal["code"], sentence: string): void {
  refusals.push({ code, sentence });
}

function names(entry: ModelEntry, models: readonly string[]): boolean {
  return models.some((model) => model === entry.model || model === `${entry.provider}/${entry.model}`);
}

function pauseRefusal(provider: string, pause: Pause): Refusal {
  const seconds = Math.ceil(pause.remainingMs / 1_000);
  if (pause.kind === "credential") {
    return { code: "no_credentials", sentence: `${provider} refused its key; it is tried again in ${seconds} s.` };
  }
  return { code: "cooling_down", sentence: `It failed a moment ago and is left alone for another ${seconds} s.` };
}
