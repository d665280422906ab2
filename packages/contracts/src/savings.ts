import type { NanoUsd } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import type { ArmId, CostBasis, CounterfactualArm, LedgerWindow, Receipt, SavingVerdict } from "./receipt.ts";
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
  /** What the answer really used, or would use when `actualCost` is only modelled. */
  readonly actual: UsageTokens;
  /** Absent when unpriced. */
  readonly actualCost?: NanoUsd;
  /**
   * The model's count of this prompt over ours. Corpus and overhead are our counts and are scaled by it, so that both
   * sides are in the model's tokens. Absent means 1.
   */
  readonly tokenRatio?: number;
}

/** Prices the ways not taken. Pure. */
export interface SavingsCalculator {
  /** One entry per arm, in a fixed order; infeasible ones included with their reason. */
  counterfactuals(question: SavingsQuestion): readonly CounterfactualArm[];
  /** The cheapest feasible priced arm; `undefined` when there is none. */
  headline(arms: readonly CounterfactualArm[]): CounterfactualArm | undefined;
}

/** Sums over answers of one kind against one arm. Signed. */
export interface SavingsPart {
  /** Answers for which the arm was feasible and priced: the ones in the sums. */
  readonly answers: number;
  readonly tokens: { readonly ours: number; readonly counterfactual: number; readonly saved: number };
  /** Absent without an answer. */
  readonly cost?: { readonly ours: NanoUsd; readonly counterfactual: NanoUsd; readonly saved: NanoUsd };
  readonly verdict: SavingVerdict;
  /** The weakest among the sums' parts. */
  readonly basis: CostBasis;
}

/** Savings over a window of traffic, by arm. */
export interface SavingsSummary {
  readonly window: LedgerWindow;
  readonly answers: number;
  readonly arms: readonly {
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
  }[];
}

export type SummariseSavings = (window: LedgerWindow, receipts: AsyncIterable<Receipt>) => Promise<SavingsSummary>;
