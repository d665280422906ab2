import type { Call, KnowledgeBaseId, LarderError } from "@larder/contracts";
import type {
  OfferedArm,
  QuestionLine,
  QuestionSet,
  RunArmId,
  RunMetric,
  RunRegistration,
  SavingsReport,
  SpendingPlan,
} from "@larder/savings-runs";

/** What decides a run, apart from the questions and the documents. */
export interface RunOptions {
  readonly arms?: readonly RunArmId[];
  readonly budgets: readonly number[];
  /** Absent: 4,096 where it is among the budgets, else the greatest. */
  readonly primaryBudget?: number;
  /** Absent: evidence recall without a model, else the words of the right answers. */
  readonly metric?: RunMetric;
  readonly margin: number;
  readonly runs: number;
  readonly seed: number;
  readonly model?: string;
  readonly judge?: string;
  readonly judgedTwice: number;
  readonly outputTokensMax: number;
}

export interface RunRequest extends RunOptions {
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly setName: string;
  readonly questions: { readonly lines: readonly QuestionLine[] } | { readonly generate: number };
}

export interface PreparedRun {
  readonly id: string;
  readonly registration: RunRegistration;
  readonly set: QuestionSet;
  readonly arms: readonly OfferedArm[];
  readonly plan: SpendingPlan;
  /** Questions that were left out, because nothing tells a right answer to them from a wrong one. */
  readonly unscorable: number;
}

export interface RunState {
  readonly id: string;
  readonly state: "running" | "finished" | "stopped" | "failed";
  /** Cells: one question at one arm, budget and run. */
  readonly done: number;
  readonly total: number;
  readonly error?: LarderError;
  readonly report?: SavingsReport;
}

/** Measured runs of one process: each goes on when its asker leaves, and stops with the process. */
export interface MeasuredRuns extends AsyncDisposable {
  prepare(request: RunRequest, call: Call): Promise<PreparedRun>;
  /** Begins it, or joins the one of the same registration that is running already. */
  start(prepared: PreparedRun): RunState;
  /** @throws {@link LarderError} `SAVINGS_RUN_NOT_FOUND` */
  state(id: string, call: Call): Promise<RunState>;
}
