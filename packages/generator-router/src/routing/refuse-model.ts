import type { NanoUsd, Refusal } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { Pause } from "./circuit-breaker.ts";
import type { ModelRow } from "./model-rows.ts";
import { capabilityMask } from "./model-rows.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** What is known of one model when a request comes. */
export interface ModelState {
  row: ModelRow;
  isConfigured: boolean;
  pause: Pause | undefined;
  /** In the model's own tokens. */
  inputTokens: number;
  outputTokensMax: number;
  /** Expected and worst cost are known. */
  isPriced: boolean;
  /** Nano-dollars; read only where the policy has a maximum. */
  worstCost: number | bigint;
}

export interface RefusalContext {
  readonly resolved: ResolvedPolicy;
  readonly isOffline: boolean;
  /** ISO date. */
  readonly today: string;
  readonly providers: ReadonlySet<string> | undefined;
  readonly models: AllowedModels | undefined;
  /** One bit a capability. */
  readonly needs: number;
}

interface AllowedModels {
  /** `provider/model`. */
  readonly names: ReadonlySet<string>;
  /** Of whatever provider. */
  readonly ids: ReadonlySet<string>;
}

/**
 * @param bookNames - Every `provider/model` there is. Such a name means that one model: a reseller whose own id of it
 * reads the same (`openai/gpt-…` at OpenRouter) is not let in by it.
 */
export function refusalContext(
  resolved: ResolvedPolicy,
  isOffline: boolean,
  today: string,
  bookNames: ReadonlySet<string>,
): RefusalContext {
  const { providers, models } = resolved.policy;
  return {
    resolved,
    isOffline,
    today,
    providers: providers && new Set(providers),
    models: models && {
      names: new Set(models),
      ids: new Set(models.filter((name) => !bookNames.has(name))),
    },
    needs: capabilityMask(resolved.needs),
  };
}

/** Reasons in the order in which they are told, one bit each. */
const reasons = [
  "offline",
  "not_local",
  "provider_not_allowed",
  "model_not_allowed",
  "region_not_allowed",
  "no_credentials",
  "paused",
  "retired",
  "context_too_small",
  "output_too_small",
  "capability_missing",
  "quality_unknown",
  "quality_below_minimum",
  "price_unknown",
  "cost_above_maximum",
] as const;
type Reason = (typeof reasons)[number];
const bit = Object.fromEntries(reasons.map((reason, index) => [reason, 1 << index])) as Readonly<
  Record<Reason, number>
>;

/** Why a model is out, one bit a reason; 0 when it may be asked. Makes no text: it runs for every model of a quote. */
export function refusalMask(state: ModelState, context: RefusalContext): number {
  const { row, pause } = state;
  const { entry } = row;
  const { policy, isLocalOnly } = context.resolved;
  let mask = 0;
  if (!entry.isLocal && context.isOffline) mask |= bit.offline;
  if (!entry.isLocal && isLocalOnly) mask |= bit.not_local;
  if (context.providers !== undefined && !context.providers.has(entry.provider)) mask |= bit.provider_not_allowed;
  if (context.models !== undefined && !(context.models.names.has(row.name) || context.models.ids.has(entry.model))) {
    mask |= bit.model_not_allowed;
  }
  // What runs here leaves no region, so no region can forbid it.
  if (policy.regions !== undefined && !entry.isLocal && !isServedIn(entry.regions, policy.regions)) {
    mask |= bit.region_not_allowed;
  }
  if (!state.isConfigured) mask |= bit.no_credentials;
  if (pause !== undefined) mask |= bit.paused;
  if (entry.retiresOn !== undefined && entry.retiresOn < context.today) mask |= bit.retired;
  if (entry.contextTokens === null || state.inputTokens + state.outputTokensMax > entry.contextTokens) {
    mask |= bit.context_too_small;
  }
  if (entry.outputTokensMax !== null && state.outputTokensMax > entry.outputTokensMax) mask |= bit.output_too_small;
  if ((context.needs & ~row.capabilities) !== 0) mask |= bit.capability_missing;
  if (policy.qualityMin !== undefined) {
    if (entry.quality === null) mask |= bit.quality_unknown;
    else if (!(entry.quality >= policy.qualityMin)) mask |= bit.quality_below_minimum;
  }
  if (!state.isPriced) mask |= bit.price_unknown;
  else if (policy.costMax !== undefined && state.worstCost > policy.costMax) mask |= bit.cost_above_maximum;
  return mask;
}

/** The reasons of a mask in a fixed order, each with its sentence. */
export function refusalsOf(mask: number, state: ModelState, context: RefusalContext): readonly Refusal[] {
  if (mask === 0) return [];
  return reasons
    .filter((reason) => (mask & bit[reason]) !== 0)
    .map((reason) => ({ code: codeOf(reason, state), sentence: sentenceOf(reason, state, context) }));
}

/** The code of the first reason of a mask; of 0 none. */
export function firstCodeOf(mask: number, state: Pick<ModelState, "pause">): Refusal["code"] | undefined {
  const first = mask === 0 ? undefined : reasons[31 - Math.clz32(mask & -mask)];
  return first && codeOf(first, state);
}

function codeOf(reason: Reason, { pause }: Pick<ModelState, "pause">): Refusal["code"] {
  if (reason !== "paused") return reason;
  return pause?.kind === "credential" ? "no_credentials" : "cooling_down";
}

function sentenceOf(reason: Reason, state: ModelState, { resolved }: RefusalContext): string {
  const { entry } = state.row;
  const { policy, needs } = resolved;
  switch (reason) {
    case "offline":
      return "Larder is offline, and this model is not local.";
    case "not_local":
      return "The policy allows local models only.";
    case "provider_not_allowed":
      return `The policy allows only the providers ${policy.providers?.join(", ")}.`;
    case "model_not_allowed":
      return `The policy allows only the models ${policy.models?.join(", ")}.`;
    case "region_not_allowed": {
      const { regions } = entry;
      const served = regions.length === 0 ? "its region is not known" : `it is served in ${regions.join(", ")}`;
      return `The policy asks for ${policy.regions?.join(" or ")}; ${served}.`;
    }
    case "no_credentials":
      return noKeySentence(entry.provider);
    case "paused":
      return pauseSentence(entry.provider, state.pause);
    case "retired":
      return `The provider served it until ${entry.retiresOn}.`;
    case "context_too_small": {
      if (entry.contextTokens === null) return "Its context window is not known.";
      const asked = `${count(state.inputTokens)} tokens in and up to ${count(state.outputTokensMax)} out`;
      return `${asked} exceed its window of ${count(entry.contextTokens)}.`;
    }
    case "output_too_small":
      return `It gives at most ${count(entry.outputTokensMax ?? 0)} tokens; ${count(state.outputTokensMax)} are asked for.`;
    case "capability_missing": {
      const missing = needs.filter((need) => !entry.capabilities.includes(need));
      return `It does not offer ${missing.join(", ")}.`;
    }
    case "quality_unknown":
      return `Its quality is not known; at least ${policy.qualityMin} is asked for.`;
    case "quality_below_minimum":
      return `Its quality is ${entry.quality}; at least ${policy.qualityMin} is asked for.`;
    case "price_unknown":
      return "Its price is not known, and unknown is not free.";
    case "cost_above_maximum": {
      const most = formatUsd(policy.costMax ?? (0n as NanoUsd));
      return `It could cost $${formatUsd(BigInt(state.worstCost) as NanoUsd)}; at most $${most} is allowed.`;
    }
  }
}

export function noKeySentence(provider: string): string {
  return `No key for ${provider} is configured.`;
}

/** `1,050,000`. Not by `Intl`, which takes longer than all the rest of a sentence. */
const count = (tokens: number) => String(tokens).replace(/\B(?=(\d{3})+$)/g, ",");

const isServedIn = (regions: readonly string[], allowed: readonly string[]) =>
  regions.some((region) => allowed.includes(region));

function pauseSentence(provider: string, pause: Pause | undefined): string {
  const seconds = Math.ceil((pause?.remainingMs ?? 0) / 1_000);
  if (pause?.kind === "credential") return `${provider} refused its key; it is tried again in ${seconds} s.`;
  if (pause?.kind === "probing") return "It failed a moment ago, and one request is trying whether it works again.";
  return `It failed a moment ago and is left alone for another ${seconds} s.`;
}
