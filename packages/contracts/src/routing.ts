import type { BudgetScope } from "./budgets.ts";
import type { Call } from "./call.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { AnswerContent, FinishReason, Prompt, ResponseFormat, Sampling } from "./generator.ts";
import type { NanoUsd } from "./money.ts";
import type { NearRequests } from "./near-requests.ts";
import type { Capability, ModelEntry, PriceBook } from "./price-book.ts";
import type {
  AttemptExpectation,
  Difficulty,
  ModelKnowledge,
  QualityPosterior,
  RoutingTask,
  TokenQuantiles,
} from "./routing-memory.ts";
import type { ToolChoice, ToolOffer } from "./tool-calls.ts";
import type { Usage, UsageTokens } from "./usage.ts";

export type Persona = "cost_min" | "risk_hedge" | "specialist" | "sovereign";

/** What the caller allows and wants. Absent means no opinion; a persona is a named set of defaults for the rest. */
export interface Policy {
  readonly persona?: Persona;
  /** Most that one answer may cost. */
  readonly costMax?: NanoUsd;
  /** Only these providers, by id. */
  readonly providers?: readonly string[];
  /** Only these models, as `model` or `provider/model`. */
  readonly models?: readonly string[];
  /** Only models served in one of these regions. */
  readonly regions?: readonly string[];
  readonly isLocalOnly?: boolean;
  readonly needs?: readonly Capability[];
  /** 0 … 1; models of unknown quality are out when it is given. It stands above `qualityFloor`. */
  readonly qualityMin?: number;
  /**
   * The same by default, where a caller asked for none: it leaves alone what the user set up himself without a rating,
   * such as local models.
   */
  readonly qualityFloor?: number;
  readonly deadlineMs?: number;
  readonly isBatchAllowed?: boolean;
  /**
   * An answer that its evidence does not support may be asked for once more, of a better model. Text is then held back
   * until it is verified. @defaultValue false
   */
  readonly isEscalationAllowed?: boolean;
}

/** What a caller's verifier is like, who asks a better model once when it finds an answer wanting. */
export interface EscalationRates {
  /** Share of the bad answers that it finds. */
  readonly caught: number;
  /** Share of the good answers that it takes for bad. */
  readonly falseAlarms: number;
}

/** The size and needs of a request, known before it is sent. */
export interface RequestShape {
  /** By the o200k counter, message overhead included. */
  readonly inputTokens: number;
  /** Tokens at the start of the prompt that other requests share. */
  readonly stablePrefixTokens: number;
  /** Most tokens the answer may take. */
  readonly outputTokensMax: number;
  /** What an answer is expected to take; at most `outputTokensMax`. */
  readonly outputTokensExpected: number;
  readonly needs: readonly Capability[];
  /** What is learned and looked up by; without it only priors count for the output. */
  readonly task?: RoutingTask;
  /** How hard it looks, by signs that cost nothing. */
  readonly difficulty?: Difficulty;
  /** How models did at requests like this one. Absent: nothing is known of such. */
  readonly near?: NearRequests;
  /** Tells this stable prefix from others, such as a hash of it; prefixes without one are taken for the same. */
  readonly prefixId?: string;
  /** Set when the answer will be verified, and asked for anew of a better model when it fails. */
  readonly escalation?: EscalationRates;
}

/** Why a model is out: a stable code and a sentence with the numbers. */
export interface Refusal {
  readonly code:
    | "context_too_small"
    | "output_too_small"
    | "capability_missing"
    | "not_local"
    | "provider_not_allowed"
    | "model_not_allowed"
    | "region_not_allowed"
    | "quality_below_minimum"
    | "quality_unknown"
    | "model_not_pinned"
    | "price_unknown"
    | "cost_above_maximum"
    | "budget_exhausted"
    | "retired"
    | "offline"
    | "no_credentials"
    | "cooling_down";
  readonly sentence: string;
}

export interface Candidate {
  readonly provider: string;
  readonly model: string;
  readonly isEligible: boolean;
  /** Of this request; absent when the price is unknown. */
  readonly expectedCost?: NanoUsd;
  /** If the answer takes all of `outputTokensMax` and no cache helps. */
  readonly worstCost?: NanoUsd;
  /** What the expected cost rests on; absent when the price is unknown. */
  readonly expected?: CandidateExpectation;
  /** Absent when nothing is known, neither by the catalog nor by observation. */
  readonly quality?: QualityPosterior;
  /** The better model that would be asked if this one's answer failed; absent where none is, or none may be. */
  readonly escalation?: CandidateEscalation;
  /** Refusals when it is out; for an eligible one, why it stands where it does. */
  readonly reasons: readonly string[];
  readonly refusals: readonly Refusal[];
}

export interface CandidateExpectation {
  readonly tokens: UsageTokens;
  readonly hitProbability: number;
  readonly tokenRatio: number;
  /** Observed; absent where the caller's expectation stands. */
  readonly output?: TokenQuantiles;
}

export interface CandidateEscalation {
  readonly provider: string;
  readonly model: string;
  readonly probability: number;
  /** Of this call and, with its probability, of the other. */
  readonly totalCost: NanoUsd;
}

/**
 * Everything of a moment that a decision depended on, beside the price book: with it the same choice is made again.
 * Models of which nothing was learned, and that were not paused, are not in it.
 */
export interface DecisionInputs {
  readonly nowMs: number;
  readonly shape: RequestShape;
  readonly policy: Policy;
  readonly isOffline: boolean;
  readonly configured: readonly string[];
  /** Providers that cache no prompts. */
  readonly cacheless: readonly string[];
  readonly models: readonly DecisionModel[];
}

export interface DecisionModel {
  readonly provider: string;
  readonly model: string;
  readonly knowledge?: ModelKnowledge;
  readonly hitProbability?: number;
  readonly tokenRatio?: number;
  readonly pause?: { readonly kind: "credential" | "cool_down" | "probing"; readonly remainingMs: number };
}

/** Candidates with the eligible ones first, cheapest first; the order that calls follow. */
export interface Quote {
  readonly candidates: readonly Candidate[];
  /** The first of them when it is eligible. Reading it does not make the others, nor their sentences. */
  readonly cheapest?: Candidate;
  readonly priceBookId: string;
}

export type AttemptOutcome = "answered" | "failed_before_text" | "failed_after_text" | "aborted";

/** What budgets set aside for an attempt before it was sent, and how that ended; see `Budgets`. */
export interface AttemptReservation {
  readonly amount: NanoUsd;
  readonly ending: "settled" | "held" | "released";
}

/** One provider call, paid or not. */
export interface Attempt {
  readonly provider: string;
  readonly model: string;
  readonly outcome: AttemptOutcome;
  readonly billed: "yes" | "no" | "unknown";
  /** Absent when the price or the usage is unknown. */
  readonly cost?: NanoUsd;
  readonly usage?: Usage;
  /** Absent when no budget bounds it, or it costs nothing. */
  readonly reservation?: AttemptReservation;
  readonly error?: ErrorRecord;
  /** The model that the provider says it used, where that is another name than the one asked for. */
  readonly servedModel?: string;
  /** Lines of the stream that could not be read and were left out; absent when there were none. */
  readonly unreadableLines?: number;
  readonly startedAtMs: number;
  /** To the first text; absent when there was none. */
  readonly firstTextMs?: number;
  readonly totalMs: number;
  /** Before the call. */
  readonly expected?: AttemptExpectation;
}

/** The router's decision and what came of it. */
export interface Route {
  /** Absent when no model answered. */
  readonly chosen?: { readonly provider: string; readonly model: string };
  /** One sentence. */
  readonly reason: string;
  readonly candidates: readonly Candidate[];
  readonly attempts: readonly Attempt[];
  readonly priceBookId: string;
  /** ISO date of the newest source of that price book; absent in routes from before it was kept. */
  readonly pricesAsOf?: string;
  readonly inputs?: DecisionInputs;
}

/** A call that a provider may bill from now on. */
export interface SentCall {
  readonly provider: string;
  readonly model: string;
  readonly startedAtMs: number;
}

export interface RoutedRequest {
  readonly prompt: Prompt;
  readonly shape: RequestShape;
  readonly policy: Policy;
  readonly responseFormat?: ResponseFormat;
  readonly isJsonObject?: boolean;
  readonly sampling?: Sampling;
  /** Offered to the model, which must be able to; so must one that is sent images. */
  readonly tools?: readonly ToolOffer[];
  readonly toolChoice?: ToolChoice;
  readonly allowsParallelToolCalls?: boolean;
  /** Whose budgets it takes, besides the total's. */
  readonly payers?: readonly BudgetScope[];
  /** Most candidates that its routes keep, but for every eligible one up to the router's own most. */
  readonly candidatesMax?: number;
  /** Told of each call once it is on its way. What it does must not wait. */
  readonly onSend?: (sent: SentCall) => void;
  /** Told of each attempt once it is over, also of one whose reader left before the end. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** `routed` first, content as it comes, then exactly one of `answered`, `unanswered` and `broken`. */
export type RoutedEvent =
  | { readonly kind: "routed"; readonly route: Route }
  | AnswerContent
  | {
      readonly kind: "answered";
      readonly route: Route;
      readonly finishReason: FinishReason;
      readonly usage: Usage;
      /** Money of all attempts together; absent when any of them has no known cost. */
      readonly cost?: NanoUsd;
    }
  /** No candidate was eligible, or each failed before its first text. */
  | { readonly kind: "unanswered"; readonly route: Route }
  /** Failed after text had been given: what came before is incomplete and nobody else continues it. */
  | { readonly kind: "broken"; readonly route: Route; readonly error: ErrorRecord };

/** A model that could be asked, with its price and whether it can be reached. */
export interface ModelListing extends ModelEntry {
  /** Credentials are there, or none are needed. */
  readonly isConfigured: boolean;
}

/** Prompt to answer by the cheapest model that can give it. Knows nothing of documents. */
export interface GeneratorRouter extends AsyncDisposable {
  readonly priceBook: PriceBook;
  models(): readonly ModelListing[];
  /** Pure but for the clock and the state of breakers: no I/O. */
  quote(shape: RequestShape, policy: Policy): Quote;
  /** The same with what the budgets of these payers, and the total, would refuse now. Nothing is reserved. */
  quoteWithin(shape: RequestShape, policy: Policy, payers: readonly BudgetScope[], call: Call): Promise<Quote>;
  generate(request: RoutedRequest, call: Call): AsyncIterable<RoutedEvent>;
}
