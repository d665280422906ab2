import type { Call, NanoUsd, Prompt, UsageSource, UsageTokens } from "@larder/contracts";
import type { GoldSpan, RunQuestion } from "./question-set.ts";
import type { RunArmId } from "./run-arms.ts";

export interface EvidencePiece extends GoldSpan {
  readonly title: string;
  readonly text: string;
}

export interface ArmEvidence {
  /** Best first, or in the order of the corpus. */
  readonly pieces: readonly EvidencePiece[];
  /** Of the pieces' text alone, by the run's token counter. */
  readonly tokens: number;
  /**
   * Milliseconds that a search took which another budget of the question made before: without it this one would have waited
   * so much longer. Absent where nothing is shared.
   */
  readonly sharedMs?: number;
}

/** One way to find what is sent with a question. */
export interface RunArm {
  readonly id: RunArmId;
  /** Why it cannot be measured here. `window`: what it would send does not fit the model. */
  readonly infeasible?: { readonly kind: "window" | "no_gold" | "not_offered"; readonly reason: string };
  /** At most `budget` tokens of evidence; without one, what the arm sends anyway. */
  find(question: RunQuestion, budget: number | undefined, call: Call): Promise<ArmEvidence>;
}

/** What became of one paid question. A failure is a result: it is charged, and counts as wrong. */
export interface AskedAnswer {
  /** Empty where it failed. */
  readonly text: string;
  readonly tokens: UsageTokens;
  readonly source: UsageSource;
  /** Of all attempts; absent when nobody knows what will be billed. */
  readonly cost?: NanoUsd;
  /** Most that the attempts can come to; absent where the model has no price. */
  readonly worstCost?: NanoUsd;
  readonly errorCode?: string;
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

/** The model that answers, and what it would cost at most. */
export interface Asker {
  /**
   * Resolves also when the model fails, or anything else does once the prompt is on its way; rejects when the call is
   * aborted, or when nobody may be asked: nothing was sent.
   */
  ask(prompt: Prompt, outputTokensMax: number, call: Call): Promise<AskedAnswer>;
  /** `undefined` when its price is not known, or it may not be asked. */
  worstCost(inputTokens: number, outputTokensMax: number): NanoUsd | undefined;
}

/** Says on this machine whether an answer says only what its evidence says. */
export type JudgeGrounding = (
  answer: string,
  question: string,
  pieces: readonly EvidencePiece[],
  call: Call,
) => Promise<boolean>;
