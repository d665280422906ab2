import type { Basis } from "./inputs.ts";
import { bases } from "./inputs.ts";

export type EconomicsVerdict = "stay_api" | "buy_local" | "hybrid_fallback" | "constraint_decides";
export type Confidence = "low" | "medium" | "high";

export interface VerdictFacts {
  readonly isApiOpen: boolean;
  readonly isLocalOpen: boolean;
  readonly doesBuyingPay: boolean;
  readonly neverShare: number;
  readonly isHedgeWorthIt: boolean;
  readonly localQuality: "passed" | "failed" | "unknown";
  /** Whether the API's answers were judged here; a catalog's index is somebody else's word for it. */
  readonly isApiQualityMeasured: boolean;
  readonly weakest: Basis;
}

export interface ReachedVerdict {
  readonly verdict: EconomicsVerdict;
  readonly confidence: Confidence;
  readonly because: string;
}

/** Shares of price paths beyond which the answer hardly depends on how prices go. Chosen. */
const sureShare = 0.1;
const likelyShare = 0.25;

/**
 * An unknown local quality counts where the verdict needs the machine: for buying it and for a fallback on it. Where
 * buying does not pay although the machine was taken to answer well enough, a worse one leads to the same verdict.
 */
export function reachVerdict(facts: VerdictFacts): ReachedVerdict {
  const { isApiOpen, isLocalOpen, doesBuyingPay, neverShare } = facts;
  const isUnproven = facts.localQuality !== "passed";
  if (!isApiOpen) {
    const because = isLocalOpen
      ? "A constraint leaves no API; money only ranks what may run here."
      : "Constraints leave neither an API nor the local machine.";
    return { verdict: "constraint_decides", confidence: "high", because };
  }
  if (!isLocalOpen) {
    return {
      verdict: "stay_api",
      confidence: surestOf(facts),
      because: "The local machine is out before its price is looked at.",
    };
  }
  if (doesBuyingPay && neverShare < 0.5) {
    return {
      verdict: "buy_local",
      confidence: confidenceOf(neverShare, facts, isUnproven),
      because: `Buying pays, and in ${percent(1 - neverShare)} of the simulated price paths it breaks even within the machine's life.`,
    };
  }
  const hybrid = facts.isHedgeWorthIt;
  const regardless =
    isUnproven && !doesBuyingPay
      ? " That it is unknown whether the machine answers well enough changes nothing: money alone says stay."
      : "";
  return {
    verdict: hybrid ? "hybrid_fallback" : "stay_api",
    confidence: confidenceOf(doesBuyingPay ? 0.5 : 1 - neverShare, facts, hybrid && isUnproven),
    because: hybrid
      ? "Buying for the money alone does not pay, but outages and forced moves avoided are worth more than a small fallback."
      : `Buying does not pay: in ${percent(neverShare)} of the simulated price paths it never breaks even within the machine's life.${regardless}`,
  };
}

/** @param against - share of the price paths in which the answer would be the other one */
function confidenceOf(against: number, facts: VerdictFacts, isUnproven: boolean): Confidence {
  if (isUnproven || against > likelyShare) return "low";
  // What rests on a guess is not sure, however the prices go.
  const isFounded = bases.indexOf(facts.weakest) <= bases.indexOf("stated");
  return against <= sureShare && isFounded ? surestOf(facts) : "medium";
}

/** With an API that is capable by a catalog's word only, a dearer one may be needed, or none may do. */
const surestOf = ({ isApiQualityMeasured }: VerdictFacts): Confidence => (isApiQualityMeasured ? "high" : "medium");

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
