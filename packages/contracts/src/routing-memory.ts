import type { Call } from "./call.ts";
import type { ReceiptId } from "./ids.ts";
import type { NanoUsd } from "./money.ts";
import type { NearOutcome, QualityForecast } from "./near-requests.ts";
import type { Capability, ModelEntry } from "./price-book.ts";
import type { UsageTokens } from "./usage.ts";

/** Kinds of work that models are told apart by: free text from evidence, and text in a form that was asked for. */
export const routingTasks = ["answering", "json"] as const;
export type RoutingTask = (typeof routingTasks)[number];

/** How hard a question looks before it is asked; see docs/guides/routing.md. */
export const difficulties = ["easy", "medium", "hard"] as const;
export type Difficulty = (typeof difficulties)[number];

/** What can be found out of a model by asking it. */
export type ModelFlag = Capability | "seed" | "output_limit";

/** What one attempt was expected to take, before it was made. */
export interface AttemptExpectation {
  readonly tokens: UsageTokens;
  readonly cost: NanoUsd;
  /** That the provider still holds the shared prefix: 0 … 1. */
  readonly hitProbability: number;
  /** Tokens of the shared prefix, in the model's own count. */
  readonly prefixTokens: number;
}

interface ObservedModel {
  readonly provider: string;
  readonly model: string;
  /** Wall time; an observation may come late, and counts as much as if it had come in time. */
  readonly atMs: number;
}

/** An attempt that the provider counted and billed. */
export interface UsageObservation extends ObservedModel {
  readonly task: RoutingTask;
  /** Of the prompt, by our own counter. */
  readonly countedInputTokens: number;
  readonly billed: UsageTokens;
  readonly billedCost?: NanoUsd;
  readonly expected?: AttemptExpectation;
}

/** Whether an answer was good, as far as somebody can tell. */
export interface QualityObservation extends ObservedModel {
  readonly task: RoutingTask;
  readonly difficulty?: Difficulty;
  readonly isGood: boolean;
  /** How many sure observations it is worth; below zero takes an earlier one of the same time back. */
  readonly weight: number;
}

export interface FlagObservation extends ObservedModel {
  readonly flag: ModelFlag;
  readonly holds: boolean;
  readonly source: "probe" | "observed";
}

/** A distribution of whole tokens, in the model's own count. */
export interface TokenQuantiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  /** At most so many in 99.5 % of the answers: the upper end of its bin. Absent while fewer than 600 are remembered. */
  readonly high?: number;
  /** Observations that it rests on, forgotten ones left out: not a whole number. */
  readonly weight: number;
}

/** Belief in the share of answers that are good: a Beta distribution. */
export interface QualityPosterior {
  readonly alpha: number;
  readonly beta: number;
  readonly mean: number;
  /** The share is above this with 95 % probability; without observations the catalog's quality itself. */
  readonly lowerBound: number;
  /** Observations beyond the prior. */
  readonly weight: number;
  /** How the model did at requests like the one it is for, and what that would foretell; absent where there are none. */
  readonly near?: NearEvidence;
}

export interface NearEvidence extends Pick<NearOutcome, "good" | "bad"> {
  /** 0: nothing of it is in the belief; 1: it counts whole. */
  readonly trust: number;
  readonly forecast: QualityForecast;
}

export interface FlagState {
  readonly flag: ModelFlag;
  readonly holds: boolean;
  readonly source: FlagObservation["source"];
  readonly atMs: number;
  /** For a flag that does not hold: from then on the model is asked again. */
  readonly retryAtMs?: number;
}

/** What was learned of one model at one task. What was not observed is absent, and the priors hold. */
export interface ModelKnowledge {
  /** The provider's tokens for one of ours. */
  readonly tokenRatio?: number;
  readonly outputText?: TokenQuantiles;
  readonly outputReasoning?: TokenQuantiles;
  /** Cache reads that came for one that was expected: 0 … 1. */
  readonly cacheYield?: number;
  readonly quality?: QualityPosterior;
  readonly flags?: readonly FlagState[];
}

/** How far the expected costs of a model were from the bills, over what is remembered. */
export interface PredictionError {
  readonly provider: string;
  readonly model: string;
  readonly task: RoutingTask;
  readonly attempts: number;
  /** All bills over all expectations: above 1 the bills were higher. */
  readonly billedOverExpected: number;
  /** Mean of |billed − expected| / billed, over attempts that cost something. */
  readonly meanAbsoluteError: number;
  /** The same for the tokens of the input, and of the output. */
  readonly inputError: number;
  readonly outputError: number;
}

/**
 * What the router has learned of models. Reading is synchronous and free of I/O, for it happens in each decision.
 * Everything learned is forgotten exponentially, and memory is bounded, whatever comes.
 */
export interface RoutingMemory {
  observeUsage(observation: UsageObservation): void;
  observeQuality(observation: QualityObservation): void;
  observeFlag(observation: FlagObservation): void;
  /** `undefined` when nothing was observed of the model at all. */
  knowledge(entry: ModelEntry, task: RoutingTask, nowMs: number, difficulty?: Difficulty): ModelKnowledge | undefined;
  predictionErrors(nowMs: number): readonly PredictionError[];
  /** Makes durable what was learned since the last time; at once done where nothing keeps it. */
  save(call: Call): Promise<void>;
}

/** One model's memory as text that only the memory reads. */
export interface RoutingRow {
  readonly provider: string;
  readonly model: string;
  readonly state: string;
  readonly updatedAtMs: number;
}

/** Where a routing memory is kept over restarts. */
export interface RoutingRecord {
  rows(call: Call): Promise<readonly RoutingRow[]>;
  /** Replaces the rows of the same models, in one transaction; durable when it returns. */
  put(rows: readonly RoutingRow[], call: Call): Promise<void>;
}

/** A person's word on an answer. */
export interface Feedback {
  readonly receiptId: ReceiptId;
  readonly isGood: boolean;
  readonly atMs: number;
}

/** One word per receipt; a later one replaces it. */
export interface FeedbackStore {
  /**
   * Returns what it replaced, in one transaction, so that of two at once each sees the other or nothing.
   * @throws {@link LarderError} `RECEIPT_NOT_FOUND`
   */
  give(feedback: Feedback, call: Call): Promise<Feedback | undefined>;
  of(receiptId: ReceiptId, call: Call): Promise<Feedback | undefined>;
}
