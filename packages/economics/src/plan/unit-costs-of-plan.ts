import { amortisationUsdPerMTok, electricityUsdPerMTok } from "../model/unit-costs.ts";
import type { EconomicsInputs } from "./inputs.ts";
import type { PricedPlan } from "./price-plan.ts";
import { machinesOf, monthlyUsd, salvageUsd } from "./price-plan.ts";

/** Dollars for a million tokens, read and written together as the workload mixes them; `null` without any tokens. */
export interface UnitCosts {
  readonly api: number | null;
  /** Electricity of the hours in which the machine is busy, alone. */
  readonly localMarginal: number | null;
  /** With the machine's share less its salvage, operations and the rest. */
  readonly localFull: number | null;
  /** What a million costs by how busy the machine is, operations left out. */
  readonly byUtilisation: readonly { readonly utilisation: number; readonly usdPerMTok: number }[];
}

const utilisations = [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1];

export function unitCostsOf({ workload, machine }: EconomicsInputs, plan: PricedPlan): UnitCosts {
  const perQuery = workload.inputTokensPerQuery + workload.outputTokensPerQuery;
  const mTok = (workload.queriesPerMonth * perQuery) / 1e6;
  const { prefill, decode } = machine.tokensPerSecond;
  const seconds = workload.inputTokensPerQuery / prefill + workload.outputTokensPerQuery / decode;
  const tokensPerSecond = perQuery / seconds; // of the mix
  return {
    api: mTok > 0 ? plan.terms.billUsd / mTok : null,
    localMarginal: mTok > 0 ? electricityUsdPerMTok(machine.activeWatts, machine.usdPerKwh, tokensPerSecond) : null,
    localFull: mTok > 0 ? monthlyUsd(machine, machinesOf(plan)) / mTok : null,
    byUtilisation:
      perQuery === 0
        ? []
        : utilisations.map((utilisation) => ({
            utilisation,
            usdPerMTok:
              electricityUsdPerMTok(machine.activeWatts, machine.usdPerKwh, tokensPerSecond) +
              amortisationUsdPerMTok({
                capexUsd: machine.capexUsd,
                salvageUsd: salvageUsd(machine, 1, machine.lifeMonths),
                months: machine.lifeMonths,
                tokensPerSecond,
                utilisation,
              }),
          })),
  };
}
