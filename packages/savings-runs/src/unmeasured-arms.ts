import type { ModelEntry } from "@larder/contracts";

/** Arms of the comparison that no run can take by itself. Each report says so, whether or not anybody asked. */
export const unmeasuredArmIds = ["previous_release", "local_preload"] as const;

export interface UnmeasuredArm {
  readonly arm: (typeof unmeasuredArmIds)[number];
  readonly kind: "not_offered";
  readonly reason: string;
}

export function unmeasuredArms(entry: Pick<ModelEntry, "provider" | "model" | "isLocal"> | undefined) {
  const previous =
    "One release cannot run another. Measure the same set, seed and budgets with the last release, and put its report's rows of Larder beside these.";
  return [
    { arm: "previous_release", kind: "not_offered", reason: previous },
    { arm: "local_preload", kind: "not_offered", reason: preloadReason(entry) },
  ] as const satisfies readonly UnmeasuredArm[];
}

/** A corpus in the key-value cache of the model itself, computed once. @source Chan et al.: Cache-augmented generation, arXiv 2412.15605 */
function preloadReason(entry: Parameters<typeof unmeasuredArms>[0]): string {
  if (entry === undefined) return "No model is named, so there is no cache of its own to load a corpus into.";
  const name = `${entry.provider}/${entry.model}`;
  return entry.isLocal
    ? `${name} is local, but the interface that its server is asked through cannot keep a corpus loaded; what its own prefix cache gives is measured as stuff_cached.`
    : `${name} is not local: nobody outside can load its cache; what the provider's cache gives is stuff_cached.`;
}
