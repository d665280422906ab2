/** Complete ways to answer that an answer is compared with, in the order in which every receipt lists them. */
export const armIds = [
  "closed_book",
  "stuff_cold",
  "stuff_warm",
  "stuff_cached",
  "top_document",
  "stuff_truncated",
  "random_passages",
  "lexical_passages",
  "previous_release",
  "oracle_evidence",
  "batch",
  "local_preload",
] as const;

export type ArmId = (typeof armIds)[number];

/**
 * What is known of how good an arm's answers are beside ours. `presumed`: they see everything that ours see, so they are
 * taken to be at least as good; `unknown`: nobody measured it; `measured`: on a question set.
 */
export type ArmQuality = "presumed" | "unknown" | "measured";

export interface ArmRule {
  /** What stands in the prompt. */
  readonly meaning: string;
  /** What its number takes for granted, in one sentence. */
  readonly assumption: string;
  readonly quality: Exclude<ArmQuality, "measured">;
}

export const armRules = {
  closed_book: {
    meaning: "instructions and question, no documents",
    assumption: "The model is asked without any document; what it knows by itself earns retrieval nothing.",
    quality: "unknown",
  },
  stuff_cold: {
    meaning: "the whole knowledge base, uncached",
    assumption: "The whole knowledge base stands in the prompt and nothing of it is cached.",
    quality: "presumed",
  },
  stuff_warm: {
    meaning: "the whole knowledge base, cache always warm",
    assumption:
      "The whole knowledge base stands in the prompt and the provider's cache holds it at every question (hit rate 1, " +
      "no writes, no storage): the cheapest that stuffing can be.",
    quality: "presumed",
  },
  stuff_cached: {
    meaning: "the whole knowledge base, best caching for this traffic",
    assumption:
      "The whole knowledge base stands in the prompt, cached in the cheapest way that the provider's rules allow at the " +
      "arrivals that were observed.",
    quality: "presumed",
  },
  top_document: {
    meaning: "the whole document of the best passage",
    assumption: "Somebody pastes the one document that the best passage stands in, uncached.",
    quality: "unknown",
  },
  stuff_truncated: {
    meaning: "as much of the knowledge base as fits, from its beginning",
    assumption: "The documents stand in the prompt in their order until the window is full, cached as stuff_cached.",
    quality: "unknown",
  },
  random_passages: {
    meaning: "random passages in the same token budget",
    assumption: "A prompt of our own prompt's size costs what ours cost; only its quality differs.",
    quality: "unknown",
  },
  lexical_passages: {
    meaning: "passages by words alone (BM25) in the same token budget",
    assumption: "A prompt of our own prompt's size costs what ours cost; only its quality differs.",
    quality: "unknown",
  },
  previous_release: {
    meaning: "Larder's release before this one",
    assumption: "Only a run on a question set can ask an older release.",
    quality: "unknown",
  },
  oracle_evidence: {
    meaning: "exactly the passages that answer the question",
    assumption: "Only a labelled question has passages that are known to answer it.",
    quality: "unknown",
  },
  batch: {
    meaning: "the whole knowledge base and ours, both in the batch lane",
    assumption: "Both sides wait for the provider's batch lane: the whole knowledge base cached as stuff_cached.",
    quality: "presumed",
  },
  local_preload: {
    meaning: "the whole knowledge base kept in a local model's memory",
    assumption:
      "The local model holds the whole knowledge base as computed keys and values, and reads only the question.",
    quality: "presumed",
  },
} as const satisfies Record<ArmId, ArmRule>;

/**
 * How a stuffed prompt's shared part is cached. `none`: it costs fresh input; `short`, `long`: written for the provider's
 * short or long time; `stored`: kept without end, at a price for each hour.
 */
export type CacheStrategy = "none" | "short" | "long" | "stored";

/** The cache state that an arm is priced in. */
export interface ArmCache {
  readonly strategy: CacheStrategy;
  /** 0 … 1: that the provider still holds the shared part. */
  readonly hitProbability: number;
  /** Earlier requests of this model and knowledge base that were observed; 0 is a cold start. */
  readonly arrivals: number;
  readonly arrivalsPerHour: number;
  /** Tokens of a knowledge base above which retrieval costs less than stuffing it in this state, output left aside. */
  readonly breakEvenTokens?: number;
}
