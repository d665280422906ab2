import type { ModelEntry, ModelKnowledge, NanoUsd, QualityPosterior, Refusal } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { Pause } from "./circuit-breaker.ts";
import { lostFlags, missingCapabilities, qualitySentence, retrySentence } from "./evidence-of-models.ts";
import type { ModelRow } from "./model-rows.ts";
import { capabilityMask } from "./model-rows.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** What is known of one model when a request comes. */
export interface ModelState {
  row: ModelRow;
  /** What was learned of it. */
  knowledge: ModelKnowledge | undefined;
  /** Read only where a minimum is asked for. */
  quality: QualityPosterior | undefined;
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
  // What a policy says, read once: policies have many shapes, and this is asked for hundreds of models.
  readonly isLocalOnly: boolean;
  /** One model must be named, and none or several are. */
  readonly lacksPin: boolean;
  readonly regions: readonly string[] | undefined;
  readonly costMax: NanoUsd | undefined;
  /** The policy's minimum, else its floor. */
  readonly qualityMin: number | undefined;
  readonly isFloor: boolean;
  /** ISO date. */
  readonly today: string;
  readonly nowMs: number;
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
  { today, nowMs }: { readonly today: string; readonly nowMs: number },
  bookNames: Pick<ReadonlySet<string>, "has">,
): RefusalContext {
  const { providers, models, regions, costMax, qualityMin, qualityFloor } = resolved.policy;
  return {
    resolved,
    isOffline,
    isLocalOnly: resolved.isLocalOnly,
    lacksPin: resolved.pinsModel && models?.length !== 1,
    regions,
    costMax,
    qualityMin: qualityMin ?? qualityFloor,
    isFloor: qualityMin === undefined,
    today,
    nowMs,
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
  "model_not_pinned",
  "region_not_allowed",
  "no_credentials",
  "paused",
  "retired",
  "context_too_small",
  "output_too_small",
  "capability_missing",
  "capability_lost",
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
  const { row } = state;
  let mask = 0;
  if (!row.isLocal) {
    if (context.isOffline) mask |= bit.offline;
    if (context.isLocalOnly) mask |= bit.not_local;
    // What runs here leaves no region, so no region can forbid it.
    if (context.regions !== undefined && !isServedIn(row.entry.regions, context.regions)) {
      mask |= bit.region_not_allowed;
    }
  }
  if (context.providers !== undefined && !context.providers.has(row.provider)) mask |= bit.provider_not_allowed;
  if (context.models !== undefined && !(context.models.names.has(row.name) || context.models.ids.has(row.model))) {
    mask |= bit.model_not_allowed;
  }
  if (context.lacksPin) mask |= bit.model_not_pinned;
  if (!state.isConfigured) mask |= bit.no_credentials;
  if (state.pause !== undefined) mask |= bit.paused;
  if (row.retiresOn < context.today) mask |= bit.retired;
  if (state.inputTokens + state.outputTokensMax > row.contextTokens) mask |= bit.context_too_small;
  if (state.outputTokensMax > row.outputTokensMax) mask |= bit.output_too_small;
  if (context.needs !== 0) mask |= capabilityBitsOf(state, context);
  if (context.qualityMin !== undefined && !(context.isFloor && isUnratedOwn(row.entry))) {
    if (state.quality === undefined) mask |= bit.quality_unknown;
    else if (!(state.quality.lowerBound >= context.qualityMin)) mask |= bit.quality_below_minimum;
  }
  if (!state.isPriced) mask |= bit.price_unknown;
  else if (context.costMax !== undefined && state.worstCost > context.costMax) mask |= bit.cost_above_maximum;
  return mask;
}

/**
 * No public list tells of it and nobody rated it: it runs here, or somebody wrote it down for this installation, who
 * knows what it is for. A floor that nobody asked for leaves it alone, also after a bad answer.
 */
const isUnratedOwn = ({ isLocal, quality, sources }: ModelEntry) =>
  quality === null && (isLocal || sources.every(({ url }) => url === undefined));

/** What is advertised decides alone where nothing was seen of the model's flags. */
function capabilityBitsOf({ row, knowledge }: ModelState, { needs, resolved, nowMs }: RefusalContext): number {
  if (knowledge?.flags === undefined) return (needs & ~row.capabilities) === 0 ? 0 : bit.capability_missing;
  const isMissing = missingCapabilities(row.entry, resolved.needs, knowledge).length > 0;
  const isLost = lostFlags(resolved.needs, knowledge, nowMs).length > 0;
  return (isMissing ? bit.capability_missing : 0) | (isLost ? bit.capability_lost : 0);
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
  if (reason === "capability_lost") return "capability_missing";
  if (reason !== "paused") return reason;
  return pause?.kind === "credential" ? "no_credentials" : "cooling_down";
}

function sentenceOf(reason: Reason, state: ModelState, context: RefusalContext): string {
  const { resolved, nowMs } = context;
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
    case "model_not_pinned":
      return "This persona keeps to one model, and the policy names none or several.";
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
      return `It does not offer ${missingCapabilities(entry, needs, state.knowledge).join(", ")}.`;
    }
    case "capability_lost":
      return lostFlags(needs, state.knowledge, nowMs).map(retrySentence).join(" ");
    case "quality_unknown":
      return `Its quality is not known; ${minimumAsked(context)}.`;
    case "quality_below_minimum":
      return qualitySentence(state.quality, minimumAsked(context));
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

/** A floor says that nobody asked for it, so that a reader knows what to set. */
function minimumAsked({ qualityMin = 0, isFloor }: RefusalContext): string {
  return `at least ${qualityMin} is asked for${isFloor ? " where a policy names no minimum" : ""}`;
}
