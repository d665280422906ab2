import type { Policy } from "@larder/contracts";

/**
 * The policy that a question is asked with, where answers from documents have a quality of at least `floor`. A caller who
 * asks for a minimum of his own, also 0, or names models has what he asked for.
 */
export function withQualityFloor(policy: Policy, floor: number): Policy {
  if (floor === 0 || policy.qualityMin !== undefined || policy.models !== undefined) return policy;
  return { ...policy, qualityFloor: floor };
}
