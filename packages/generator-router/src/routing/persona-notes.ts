import type { Candidate, ModelEntry } from "@larder/contracts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** How long before a model's end its users are told. Chosen arbitrarily: a quarter to measure and move. */
const alarmDays = 90;

/** A name that ends in a date, or a build: what it names does not move. `2026-04-14`, `20260414`, `-0414`, `@v3`, `:q4`. */
const pinnedName = /(?:\d{4}-\d{2}-\d{2}|\d{8}|[-_@]\d{3,4}|@[\w.]+|:[\w.-]+)$/;

/**
 * What a persona has to say of a choice, as sentences behind the reason: that a specialist's model ends soon or may
 * change under its name, that a hedge has one provider only.
 */
export function personaNotes(
  { policy, pinsModel, spreadsProviders }: ResolvedPolicy,
  chosen: ModelEntry | undefined,
  candidates: readonly Candidate[],
  today: string,
): readonly string[] {
  const notes: string[] = [];
  if (spreadsProviders) {
    const providers = new Set(candidates.flatMap(({ isEligible, provider }) => (isEligible ? [provider] : [])));
    const [only] = providers;
    if (providers.size === 1) notes.push(`Only ${only} can be asked: there is no second provider to turn to.`);
  }
  if (policy.persona === "specialist" && pinsModel && chosen !== undefined) {
    const { model, retiresOn, isLocal } = chosen;
    if (retiresOn !== undefined) {
      const days = Math.round((Date.parse(retiresOn) - Date.parse(today)) / 86_400_000);
      if (days <= alarmDays)
        notes.push(`Alarm: the provider serves ${model} until ${retiresOn}, ${days} days from now.`);
    }
    if (!isLocal && !pinnedName.test(model)) {
      notes.push(`${model} names no snapshot: the provider may change what it stands for.`);
    }
  }
  return notes;
}
