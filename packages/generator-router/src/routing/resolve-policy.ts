import type { Capability, Persona, Policy, RequestShape } from "@larder/contracts";

/** What a persona adds to the caller's policy. */
export interface PersonaDefaults {
  readonly isLocalOnly: boolean;
  /** A failed attempt is followed by a candidate of another provider, where one is left. */
  readonly spreadsProviders: boolean;
  /** A failed attempt is followed by another candidate at all. */
  readonly allowsFailover: boolean;
  readonly deadlineMs?: number;
}

const open: PersonaDefaults = { isLocalOnly: false, spreadsProviders: false, allowsFailover: true };

/**
 * The personas as named sets of defaults. What the caller says himself stands, save that `sovereign` stays local:
 * it is a promise that nothing leaves, not a preference.
 */
const personaDefaults: Readonly<Record<Persona, PersonaDefaults>> = {
  /** The cheapest candidate, then the next cheapest. */
  cost_min: open,
  /** One provider's outage must not be the answer's: spread over providers, within a minute. */
  risk_hedge: { ...open, spreadsProviders: true, deadlineMs: 60_000 },
  /** One chosen model and no other: another's answer would not be comparable. */
  specialist: { ...open, allowsFailover: false },
  /** Nothing leaves this machine. */
  sovereign: { ...open, isLocalOnly: true },
};

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
