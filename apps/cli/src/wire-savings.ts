export interface SavingsPartBody {
  readonly answers: number;
  readonly cost_usd: {
    /** Spent; of answers that were quoted here `modelled` instead. */
    readonly actual?: string;
    readonly modelled?: string;
    readonly counterfactual: string;
    readonly saved: string;
  } | null;
  readonly top_hundredth_share: number | null;
  readonly verdict: string;
  readonly basis: string;
}

interface HoldoutSideBody {
  readonly answers: number;
  readonly clusters: number;
  readonly cost_usd: string;
}

export interface SavingsBody {
  readonly window: { readonly from: string; readonly to: string };
  readonly answers: number;
  readonly headline: SavingsPartBody;
  readonly arms: readonly {
    readonly arm: string;
    readonly capability_only_answers: number;
    readonly generated: SavingsPartBody;
    readonly extractive: SavingsPartBody;
  }[];
  readonly group: string | null;
  readonly groups: readonly { readonly key: string; readonly answers: number; readonly headline: SavingsPartBody }[];
  readonly evidence_sent: { readonly answers: number; readonly sent_tokens: number; readonly unique_tokens: number };
  readonly holdout: {
    readonly quality: {
      readonly status: string;
      readonly delta: number;
      readonly lower: number | null;
      readonly margin: number;
    };
    readonly retrieval: HoldoutSideBody;
    readonly stuffed: HoldoutSideBody;
    readonly verdict: string;
    readonly reason: string;
  } | null;
}

export interface DriftBody<Value> {
  readonly ledger: Value;
  readonly invoice: Value;
  readonly drift: Value;
  readonly ratio: number | null;
}

export interface ReconciliationBody {
  readonly lines: readonly {
    readonly day: string;
    readonly model: string;
    readonly bucket: string;
    readonly usd: DriftBody<string> | null;
    readonly tokens: DriftBody<number> | null;
  }[];
  readonly models: readonly { readonly model: string; readonly usd: DriftBody<string> }[];
  readonly usd: DriftBody<string> | null;
  readonly tokens: DriftBody<number> | null;
  readonly only_ledger: number;
  readonly only_invoice: number;
  readonly unpriced_calls: number;
}

export interface CalibrationsBody {
  readonly data: readonly {
    readonly model: string;
    readonly content_class: string;
    readonly prompts: number;
    readonly alpha: { readonly mean: number; readonly low: number; readonly high: number };
    readonly mean_absolute_error: number;
    readonly uncalibrated_error: number;
  }[];
}
