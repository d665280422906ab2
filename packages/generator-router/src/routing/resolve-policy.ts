import type { Capability, Persona, Policy, RequestShape } from "@larder/contracts";

/** What a persona adds to the caller's policy. */
export interface PersonaDefaults {
  readonly isLocalOnly: boolean;
  /** A failed attempt is followed by a candidate of another provider, where one is left. */
  readonly spreadsProviders: boolean;
  /** A failed attempt is followed by another candidate at all. */
  readonly allowsFailover: boolean;
  readonly deadlineMs?: number;
  /** Longest wait for the first text, where that is shorter than the router's own limit. */
  readonly firstTextMs?: number;
  /** The policy must name one model, and what is asked of it is made as repeatable as it can be. */
  readonly pinsModel: boolean;
}

const open: PersonaDefaults = {
  isLocalOnly: false,
  spreadsProviders: false,
  allowsFailover: true,
  pinsModel: false,
};

/**
 * The personas as named sets of defaults. What the caller says himself stands, save that `sovereign` stays local:
 * it is a promise that nothing leaves, not a preference.
 */
const personaDefaults: Readonly<Record<Persona, PersonaDefaults>> = {
  /** The cheapest candidate, then the next cheapest. */
  cost_min: open,
  /**
   * One provider's outage must not be the answer's: spread over providers, within a minute, and on to the next when the
   * first text takes longer than ten seconds (chosen arbitrarily), so that a minute holds several tries.
   */
  risk_hedge: { ...open, spreadsProviders: true, deadlineMs: 60_000, firstTextMs: 10_000 },
  /** One pinned model and no other, temperature 0 and one seed: another's answer would not be comparable. */
  specialist: { ...open, allowsFailover: false, pinsModel: true },
  /** Nothing leaves this machine. */
  sovereign: { ...open, isLocalOnly: true },
};

/** What a pinned model is asked with. The number itself means nothing; that it stays the same does. */
export const pinnedSampling = { temperature: 0, seed: 20_260_101 } as const;

/** A policy with the persona's defaults filled in and every need of the request gathered. */
export interface ResolvedPolicy extends PersonaDefaults {
  readonly policy: Policy;
  readonly needs: readonly Capability[];
}

export function resolvePolicy(policy: Policy, shape: RequestShape): ResolvedPolicy {
  const defaults = policy.persona === undefined ? open : personaDefaults[policy.persona];
  const deadlineMs = policy.deadlineMs ?? defaults.deadlineMs;
  return {
    ...defaults,
    ...(deadlineMs !== undefined && { deadlineMs }),
    isLocalOnly: defaults.isLocalOnly || policy.isLocalOnly === true,
    policy,
    needs: [...new Set([...shape.needs, ...(policy.needs ?? [])])],
  };
}
