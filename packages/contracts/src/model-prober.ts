import type { Call } from "./call.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { NanoUsd } from "./money.ts";
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
  /** What was billed; absent when nobody knows. */
  readonly cost?: NanoUsd;
  readonly error?: ErrorRecord;
}

/** Finds out by tiny real requests whether models do what they are advertised with. */
export interface ModelProber {
  /** @param name - `provider/model` or `model`; absent: each that could be asked. Nothing is sent. */
  plan(name?: string): ProbePlan;
  /** Results as they come; what was found is remembered. An abort ends it. */
  run(plan: ProbePlan, call: Call): AsyncIterable<ProbeResult>;
}
