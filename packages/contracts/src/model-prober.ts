import type { BudgetScope } from "./budgets.ts";
import type { Call } from "./call.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { NanoUsd } from "./money.ts";
import type { Attempt, SentCall } from "./routing.ts";
import type { ModelFlag } from "./routing-memory.ts";

export interface PlannedProbe {
  readonly provider: string;
  readonly model: string;
  readonly flags: readonly ModelFlag[];
  readonly calls: number;
  /** If every answer takes all that it may. */
  readonly costMax: NanoUsd;
}

export interface ProbePlan {
  readonly probes: readonly PlannedProbe[];
  readonly costMax: NanoUsd;
}

export interface ProbeResult {
  readonly provider: string;
  readonly model: string;
  readonly flag: ModelFlag;
  /** `unknown`: the provider failed, which says nothing of the model. */
  readonly outcome: "holds" | "fails" | "unknown";
  readonly isAdvertised: boolean;
  /** What was billed; absent when nobody knows. 0 where nothing was sent. */
  readonly cost?: NanoUsd;
  /** Every call of it, to be written down. */
  readonly attempts: readonly Attempt[];
  readonly error?: ErrorRecord;
}

/** Who pays for probes, and who is told of what they send. */
export interface ProbePayment {
  /** Besides the total's, the budgets of these count it. */
  readonly payers?: readonly BudgetScope[];
  /** Told of each call once it is on its way. */
  readonly onSend?: (sent: SentCall) => void;
}

/** Finds out by tiny real requests whether models do what they are advertised with. */
export interface ModelProber {
  /** @param name - `provider/model` or `model`; absent: each that could be asked. Nothing is sent. */
  plan(name?: string): ProbePlan;
  /**
   * Results as they come; what was found is remembered. Each call is reserved in the budgets first; one without room is
   * `unknown` with `BUDGET_EXHAUSTED`. An abort gives the result whose call it stopped, and then rejects with the
   * signal's reason.
   */
  run(plan: ProbePlan, call: Call, payment?: ProbePayment): AsyncIterable<ProbeResult>;
}
