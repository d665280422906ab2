import type { ArmId } from "./arms.ts";
import type { Call } from "./call.ts";
import type { KnowledgeBaseId } from "./ids.ts";
import type { NanoUsd } from "./money.ts";
import type { PriceBook, PriceTerms } from "./price-book.ts";
import type { CostBasis, CounterfactualArm, LedgerWindow, Receipt, SavingVerdict } from "./receipt.ts";
import type { UsageTokens } from "./usage.ts";

/** What an answer took, and the corpus that it did not have to send. */
export interface SavingsQuestion {
  readonly priceBook: PriceBook;
  /** The model that both sides are priced at. */
  readonly provider: string;
  readonly model: string;
  /** Tokens of the whole knowledge base. */
  readonly corpusTokens: number;
  /** Prompt tokens besides the evidence: instructions and question. */
  readonly overheadTokens: number;
  /** Tokens of the document that the best passage stands in; absent: not known. */
  readonly topDocumentTokens?: number;
  /** What the answer really used, or would use when `actualCost` is only modelled. */
  readonly actual: UsageTokens;
  /** Absent when unpriced. */
  readonly actualCost?: NanoUsd;
  /**
   * The model's count of this prompt over ours. Corpus and overhead are our counts and are scaled by it, so that both
   * sides are in the model's tokens. Absent means 1.
   */
  readonly tokenRatio?: number;
  /** Lane, region and hour of the answer: the arms are priced at the same. */
  readonly terms?: PriceTerms;
  /** Earlier requests of this model and knowledge base. Absent: none, a cold start. */
  readonly traffic?: ArrivalRate;
  /** The caller can wait for a batch. @defaultValue false */
  readonly isBatchAllowed?: boolean;
}

/** Prices the ways not taken. Pure. */
export interface SavingsCalculator {
  /** One entry per arm, in the order of `armIds`; infeasible ones included with their reason. */
  counterfactuals(question: SavingsQuestion): readonly CounterfactualArm[];
  /** The cheapest feasible priced arm whose quality is presumed to be at least ours; `undefined` when there is none. */
  headline(arms: readonly CounterfactualArm[]): CounterfactualArm | undefined;
  /** Tokens of the model's window that a prompt may take; `undefined` when its window is not known. */
  usableTokens(question: Pick<SavingsQuestion, "priceBook" | "provider" | "model" | "actual">): number | undefined;
}

/** One request that an answer came of: what a provider's cache would have seen. */
export interface Arrival {
  /** `provider/model`. */
  readonly model: string;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly atMs: number;
}

/** How often a model is asked about a knowledge base: arrivals on what would be one cached prefix. */
export interface ArrivalRate {
  /** That the rate rests on; 0: none were observed, and the rate is 0. */
  readonly arrivals: number;
  readonly perHour: number;
}

/** Observed arrivals, by model and knowledge base. In memory, bounded, free of I/O. */
export interface ArrivalRates {
  /** Of the arrivals observed before `nowMs`. */
  rate(model: string, knowledgeBaseId: KnowledgeBaseId, nowMs: number): ArrivalRate;
  observe(arrival: Arrival): void;
}

/** Where arrivals of before a restart are found. */
export interface ArrivalRecord {
  /** The newest `countMax` of `[fromMs, toMs)`, oldest first. */
  arrivals(window: LedgerWindow, countMax: number, call: Call): Promise<readonly Arrival[]>;
}

/** Sums over answers of one kind against one arm. Signed. */
export interface SavingsPart {
  /** Answers for which the arm was feasible and priced: the ones in the sums. */
  readonly answers: number;
  readonly tokens: { readonly ours: number; readonly counterfactual: number; readonly saved: number };
  /** Absent without an answer. */
  readonly cost?: { readonly ours: NanoUsd; readonly counterfactual: NanoUsd; readonly saved: NanoUsd };
  /**
   * Share of the saved money that the top hundredth of the answers has; above 1 where the others lost. Absent when
   * nothing was saved.
   */
  readonly concentration?: number;
  readonly verdict: SavingVerdict;
  /** The weakest among the sums' parts; without any, what the answers that are in no sum rest on. */
  readonly basis: SavingBasis;
}

/** `none`: there is no number that could rest on something. */
export type SavingBasis = CostBasis | "none";

export interface ArmSavings {
  readonly arm: ArmId;
  /** Answers for which the corpus did not fit the window. */
  readonly capabilityOnlyAnswers: number;
  /** What a model wrote: `ours` was spent, and holds what failed and abstaining answers cost. */
  readonly generated: SavingsPart;
  /** What was quoted here: nothing was sent, so `ours` is only modelled and nobody saved this money. */
  readonly extractive: SavingsPart;
  /** Answers of which nobody knows what they will be billed; they are in no sum. */
  readonly unknownBills: {
    readonly answers: number;
    /** If each of them took all that it was allowed; absent when that is not known of one. */
    readonly costMax?: NanoUsd;
  };
}

export type SavingsGroup = "day" | "knowledge_base" | "model";

/** One side of the questions that chance divided. */
export interface HoldoutSide {
  readonly answers: number;
  /** Documents that the questions are about. */
  readonly clusters: number;
  readonly inputTokens: number;
  /** Sum of the known costs. */
  readonly cost: NanoUsd;
  readonly unpricedAnswers: number;
  /** Answers whose claims their evidence supports, by the check on this machine. */
  readonly supportedAnswers: number;
}

/** Whether retrieved answers are as often supported by their evidence as stuffed ones; shares, 0 … 1. */
export interface HoldoutQuality {
  /** Largest loss that is no loss; fixed beforehand. */
  readonly margin: number;
  /** Retrieved less stuffed. */
  readonly delta: number;
  /** What the difference is above, and below, with 97.5 % certainty each; infinite where nothing is known. */
  readonly lower: number;
  readonly upper: number;
  /** Answers that a model wrote and nothing checked: while there are any, nothing is established. */
  readonly uncheckedAnswers: number;
  /** `lower` is above `-margin`. */
  readonly isEstablished: boolean;
}

/** Answers that really took the baseline beside those that did not, by chance. */
export interface HoldoutSummary {
  readonly clustersMin: number;
  readonly retrieval: HoldoutSide;
  readonly stuffed: HoldoutSide;
  /** First of all: a saving that worse answers pay for is none. */
  readonly quality: HoldoutQuality;
  /** Mean cost of a stuffed answer less that of a retrieved one, in dollars, with its 95 % interval. */
  readonly savedUsdPerAnswer?: { readonly mean: number; readonly low: number; readonly high: number };
  readonly verdict: Exclude<SavingVerdict, "capability_only">;
  /** The weakest among the answers' costs. */
  readonly basis: CostBasis;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Evidence that was sent to models. What several answers sent is in `sentTokens` each time: a conversation or an agent that
 * keeps asking about one thing pays for it at every turn.
 */
export interface EvidenceSent {
  readonly answers: number;
  readonly sentTokens: number;
  /** Each piece of a knowledge base once, at its first sending. */
  readonly uniqueTokens: number;
}

/** Savings over a window of traffic, by arm. */
export interface SavingsSummary {
  readonly window: LedgerWindow;
  readonly answers: number;
  readonly arms: readonly ArmSavings[];
  /** Of the headline arms, each answer against its own. */
  readonly headline: SavingsPart;
  /** Keys ascending, each with the arms that its answers were compared with; absent when no group was asked for. */
  readonly groups?: readonly {
    readonly key: string;
    readonly answers: number;
    readonly headline: SavingsPart;
    readonly arms: readonly ArmSavings[];
  }[];
  /** Of the answers that retrieved and called a model; not of receipts that lack the tokens of a piece. */
  readonly evidence: EvidenceSent;
  /** Absent when nothing was held out. */
  readonly holdout?: HoldoutSummary;
}

export type SummariseSavings = (
  window: LedgerWindow,
  receipts: AsyncIterable<Receipt>,
  group?: SavingsGroup,
) => Promise<SavingsSummary>;
