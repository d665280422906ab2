/** The parts of the HTTP contract that the command line reads. docs/guides/http.md and /openapi.json are the whole. */
export interface ProblemBody {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly hint?: string;
  readonly problems?: unknown;
  readonly request_id?: string;
  /** Facts, such as `setting`. */
  readonly [fact: string]: unknown;
}

export interface KnowledgeBaseBody {
  readonly id: string;
  readonly name: string;
  readonly counts: { readonly documents: number; readonly passages: number; readonly tokens: number };
}

export interface DocumentErrorBody {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Facts, such as `convert_to`. */
  readonly [fact: string]: unknown;
}

export interface DocumentBody {
  readonly id: string;
  readonly title: string;
  readonly file_name?: string | null;
  /** Absent from a server of before a document could have several. */
  readonly external_ids?: readonly string[];
  readonly external_id?: string | null;
  readonly media_type: string;
  /** The live one, from 1; 0 before the first is ready. */
  readonly version: number;
  readonly status: "queued" | "parsing" | "embedding" | "ready" | "failed";
  readonly error: DocumentErrorBody | null;
  readonly counts: { readonly passages: number; readonly tokens: number; readonly passages_reused?: number };
  /** Where the time went, by stage; absent from a server of before they were measured. */
  readonly timings_ms?: Readonly<Record<string, number>> | null;
  readonly duplicate_of?: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface UploadBody {
  readonly documents: readonly {
    readonly id: string;
    /** Of a file of an archive, its path there. */
    readonly file_name: string | null;
    /** That it was sent under; absent from a server of before documents could share bytes. */
    readonly external_id?: string | null;
    readonly status: DocumentBody["status"];
    readonly duplicate_of: string | null;
    readonly error?: DocumentErrorBody | null;
  }[];
  readonly job_id: string;
}

export interface JobDocumentBody {
  readonly id: string;
  readonly title?: string;
  readonly file_name?: string | null;
  readonly external_id?: string | null;
  readonly is_live?: boolean;
  readonly status: DocumentBody["status"];
  readonly progress: number;
  readonly error: DocumentErrorBody | null;
  readonly attempts: number | null;
  readonly duplicate_of: string | null;
}

export interface JobSummaryBody {
  readonly id: string;
  readonly knowledge_base_id: string;
  readonly kind?: "upload" | "reindex";
  readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly progress: number;
  readonly counts: { readonly documents: number; readonly ready: number; readonly failed: number };
  readonly failures: readonly JobDocumentBody[];
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface SitemapBody {
  readonly urls: readonly string[];
  readonly left_out: number;
  readonly left_out_reasons?: Readonly<Record<string, number>>;
  readonly is_cut: boolean;
}

export interface EvidenceBody {
  readonly passage_id: string;
  readonly document_id: string;
  readonly title: string;
  readonly file_name?: string | null;
  readonly heading: string | null;
  readonly page: number | null;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: number;
  readonly score: number;
}

export interface SearchBody {
  readonly evidence: readonly EvidenceBody[];
  readonly tokens: number;
  readonly degraded: readonly string[];
}

export interface CitationBody {
  readonly marker: number;
  readonly passage_id: string;
  readonly document_id: string;
  readonly title: string;
  readonly file_name: string | null;
  readonly start: number;
  readonly end: number;
  readonly heading: string | null;
  readonly page: number | null;
  readonly quote: string;
}

export interface CandidateBody {
  readonly provider: string;
  readonly model: string;
  readonly eligible: boolean;
  readonly expected_cost_usd: string | null;
  readonly expected: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly reasoning_tokens: number;
    readonly hit_probability: number;
  } | null;
  readonly quality: { readonly lower_bound: number } | null;
  readonly worst_cost_usd: string | null;
  readonly reasons: readonly string[];
}

export interface RouteBody {
  readonly chosen: { readonly provider: string; readonly model: string } | null;
  readonly reason: string;
  readonly candidates: readonly CandidateBody[];
}

export interface CounterfactualBody {
  readonly arm: string;
  readonly feasible: boolean;
  readonly quality: string;
  readonly cache: {
    readonly strategy: string;
    readonly hit_probability: number;
    readonly arrivals: number;
    readonly arrivals_per_hour: number;
  } | null;
  readonly model: string;
  readonly usd: string | null;
  readonly tokens: number;
  readonly basis: string;
  readonly saved: { readonly tokens: number; readonly usd: string | null; readonly verdict: string };
  readonly reason: string | null;
}

/** What of the model's window an answer took. */
export interface ContextWindowBody {
  readonly usable_tokens: number;
  readonly occupancy: number;
  readonly evidence_share: number;
  readonly evidence_use: number;
  readonly wasted_tokens: number;
  readonly free_after_answer_tokens: number;
  readonly turns_to_compaction: { readonly keeping_words: number; readonly keeping_evidence: number } | null;
}

/** What an extractive answer is compared as. */
export interface ModelledBody {
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly usd: string;
}

export interface UsageBody {
  readonly input_fresh: number;
  readonly input_cache_read: number;
  readonly input_cache_write: number;
  readonly input_cache_write_long: number;
  readonly input_audio: number;
  readonly input_image: number;
  readonly output_text: number;
  readonly output_reasoning: number;
  readonly output_audio: number;
  readonly source: string;
}

export function inputTokensOf(usage: UsageBody): number {
  const cached = usage.input_cache_read + usage.input_cache_write + usage.input_cache_write_long;
  return usage.input_fresh + cached + usage.input_audio + usage.input_image;
}

export interface AnswerBody {
  /** Null for a dry run, as are cost and receipt. */
  readonly answer: string | null;
  readonly citations: readonly CitationBody[];
  readonly grounded: boolean;
  readonly basis: "generated" | "extractive" | "abstained";
  readonly evidence: readonly EvidenceBody[];
  readonly evidence_tokens: number;
  readonly route: RouteBody;
  readonly usage: UsageBody | null;
  readonly cost: { readonly usd: string | null; readonly basis: string; readonly price_book: string } | null;
  readonly modelled: ModelledBody | null;
  readonly counterfactual: CounterfactualBody | null;
  readonly counterfactuals: readonly CounterfactualBody[];
  readonly context_window: ContextWindowBody | null;
  readonly saved: { readonly tokens: number; readonly usd: string | null; readonly verdict: string } | null;
  readonly receipt_id: string | null;
}

export interface PageBody<Item> {
  readonly data: readonly Item[];
  readonly next_cursor: string | null;
}

export interface BudgetBody {
  readonly scope: string;
  readonly window: "hour" | "day" | "month" | "ever";
  readonly limit_usd: string;
  readonly window_end: string | null;
  readonly spent_usd: string;
  readonly held_usd: string;
  readonly reserved_usd: string;
  readonly left_usd: string;
}

export interface ChainReportBody {
  readonly sound: boolean;
  readonly receipts: number;
  readonly head: { readonly number: number; readonly hash: string } | null;
  readonly findings: readonly {
    readonly kind: string;
    readonly number: number;
    readonly to_number: number | null;
    readonly receipt_id: string | null;
  }[];
  readonly findings_count: number;
}

export interface ReplayBody {
  readonly receipt_id: string;
  readonly grade: "R3" | "R2" | "R1" | "R0" | null;
  readonly jaccard: number;
  readonly passages: { readonly recorded: number; readonly replayed: number; readonly common: number };
  readonly differences: readonly {
    readonly what: string;
    readonly recorded: string | null;
    readonly replayed: string | null;
  }[];
}

/** The record of one answer, in its own words the part of an answer that it keeps. */
export interface ReceiptBody
  extends Pick<
    AnswerBody,
    | "basis"
    | "grounded"
    | "route"
    | "usage"
    | "cost"
    | "modelled"
    | "counterfactual"
    | "counterfactuals"
    | "context_window"
    | "saved"
  > {
  readonly id: string;
  readonly knowledge_base_id: string;
  readonly created_at: string;
  readonly evidence_tokens: number;
  readonly corpus_tokens: number;
  readonly error_code: string | null;
  readonly chain: { readonly number: number; readonly hash: string } | null;
  readonly retrieval: { readonly index_root: string } | null;
}

export interface ReceiptPageBody extends PageBody<ReceiptBody> {
  readonly damaged: readonly { readonly id: string; readonly number: number }[];
}
