import type { Persona } from "@larder/contracts";

export interface PersonaFacts {
  readonly isOfflineRequired: boolean;
  readonly hasRegions: boolean;
  readonly isApiOpen: boolean;
  /** Bill of the first month and the hurdle it has to pass. */
  readonly billUsd: number;
  readonly hurdleUsd: number;
  /** Outages and forced moves avoided in a month, less what the local fallback takes. */
  readonly hedgeUsdPerMonth: number;
  readonly hasRisks: boolean;
  readonly hasLatency: boolean;
  /** Cost of an answer with its errors; `null` where a quality is unknown. */
  readonly apiWithErrorsUsd: number | null;
  readonly localWithErrorsUsd: number | null;
  readonly usdPerError: number;
}

export interface PersonaAdvice {
  readonly recommended: Persona;
  readonly all: readonly { readonly persona: Persona; readonly fits: boolean; readonly reason: string }[];
}

const usd = (value: number) => `${value < 0 ? "-" : ""}$${Math.abs(value).toFixed(Math.abs(value) < 1 ? 4 : 0)}`;

/** The first that fits, hard constraints before preferences; `cost_min` fits where nothing speaks for another. */
export function recommendPersona(facts: PersonaFacts): PersonaAdvice {
  const all = [sovereign(facts), specialist(facts), riskHedge(facts)];
  const found = all.find(({ fits }) => fits);
  const isOver = facts.billUsd > facts.hurdleUsd;
  const alarm = isOver
    ? `The bill of ${usd(facts.billUsd)} is above the hurdle of ${usd(facts.hurdleUsd)}: this preset would raise its alarm.`
    : `The bill of ${usd(facts.billUsd)} is not above the hurdle of ${usd(facts.hurdleUsd)}: APIs alone.`;
  const costMin = { persona: "cost_min", fits: found === undefined, reason: alarm } as const;
  return { recommended: found?.persona ?? "cost_min", all: [...all, costMin] };
}

function sovereign({ isOfflineRequired, hasRegions, isApiOpen }: PersonaFacts) {
  const persona = "sovereign" as const;
  if (isOfflineRequired)
    return { persona, fits: true, reason: "Nothing may leave the network; money only ranks what is left." };
  if (hasRegions && !isApiOpen)
    return { persona, fits: true, reason: "No API is left by the residency that was asked for." };
  if (hasRegions) return { persona, fits: false, reason: "An API meets the residency that was asked for." };
  return { persona, fits: false, reason: "No residency and no air gap was asked for." };
}

function specialist({ apiWithErrorsUsd: api, localWithErrorsUsd: local, usdPerError, hasLatency }: PersonaFacts) {
  const persona = "specialist" as const;
  if (hasLatency) return { persona, fits: true, reason: "A time limit was asked for: one model, chosen and kept." };
  if (usdPerError === 0) return { persona, fits: false, reason: "A wrong answer was not given a price." };
  if (api === null || local === null) {
    return { persona, fits: false, reason: "A wrong answer has a price, but the quality of one side is unknown." };
  }
  const reason = `With ${usd(usdPerError)} for a wrong answer one costs ${usd(api)} at the API and ${usd(local)} here.`;
  return { persona, fits: Math.abs(api - local) > 0.1 * Math.max(api, local), reason };
}

function riskHedge({ hedgeUsdPerMonth, hasRisks }: PersonaFacts) {
  const persona = "risk_hedge" as const;
  if (!hasRisks) return { persona, fits: false, reason: "Outages and forced moves were not given a price." };
  const reason = `Outages and forced moves avoided, less the fallback's running cost, come to ${usd(hedgeUsdPerMonth)} a month.`;
  return { persona, fits: hedgeUsdPerMonth > 0, reason };
}
