import type { Call, RunJournals } from "@larder/contracts";
import type { RunProgress, SavingsReport } from "@larder/savings-runs";
import { conductRun, isAsking } from "@larder/savings-runs";
import { createGroundingJudge } from "./judge-grounding.ts";
import type { RunParts } from "./prepare-run.ts";
import { createRouterAsker } from "./router-asker.ts";
import type { PreparedRun } from "./run-request.ts";

export type ConductParts = Omit<RunParts, "lexical" | "store"> & { readonly journals: RunJournals };

/** A prepared run from its registration to its report, through the router and the verifier of this Larder. */
export function conductPrepared(
  parts: ConductParts,
  { registration, set, arms }: Pick<PreparedRun, "registration" | "set" | "arms">,
  call: Call,
): AsyncGenerator<RunProgress, SavingsReport> {
  const { clock, router, journals } = parts;
  const { model, judge } = registration;
  const ports = {
    ...{ arms, journals, counter: parts.tokenCounter, priceBook: router.priceBook },
    judgeGrounding: createGroundingJudge(parts.embedder),
    nowMs: () => clock.monotonicMs(),
    wallMs: () => clock.nowMs(),
    ...(isAsking(registration) && model !== undefined ? { asker: createRouterAsker(parts, model) } : {}),
    ...(judge === undefined ? {} : { judge: createRouterAsker(parts, judge) }),
  };
  return conductRun(registration, set, ports, call);
}
