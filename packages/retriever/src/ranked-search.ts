import type { Clock, EmbedderId, PackingLimits, RankedSearch, TokenCounter } from "@larder/contracts";
import { confidenceOf, readConfidenceSigns } from "./confidence.ts";
import type { Candidates } from "./find-candidates.ts";
import type { QueryMatch } from "./late-interaction.ts";
import { packPassages, packSentences } from "./pack-evidence.ts";
import type { Settings } from "./retriever-settings.ts";
import type { ScoredSentence } from "./score-sentences.ts";
import { scoreSentences } from "./score-sentences.ts";
import type { RankedPassage } from "./stretch.ts";

/** A query's candidates, confirmed and scored. */
export interface RankedCandidates {
  readonly ranked: readonly RankedPassage[];
  readonly match: QueryMatch;
  readonly candidates: Candidates;
  readonly lateInteractionMs: number;
}

/** The same with what the best passages link to. */
export interface LinkedCandidates extends RankedCandidates {
  /** That were searched for. */
  readonly names: readonly string[];
  readonly linkMs: number;
  /** Of the vectors that were compared. */
  readonly embedderId: EmbedderId;
}

/** The same as a reranker left them. */
export interface Searched extends LinkedCandidates {
  /** What was searched for, when it is not what was asked. */
  readonly searchedText?: string;
  /** Of the reranker. */
  readonly degraded: readonly string[];
}

interface SearchFacts {
  readonly question: string;
  readonly rerankMs: number;
  /** Of the whole search. */
  readonly searchMs: number;
}

interface PackingParts {
  readonly settings: Settings;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
}

/** Sentences are scored when they are first packed, and once: a limit changes which are taken, never how good one is. */
export function createRankedSearch(
  { ranked, match, candidates, names, embedderId, searchedText, degraded, ...times }: Searched,
  { question, rerankMs, searchMs }: SearchFacts,
  { settings, tokenCounter, clock }: PackingParts,
): RankedSearch {
  const confidence = confidenceOf(
    readConfidenceSigns(question, ranked, match, cosinesOf(ranked, candidates, embedderId)),
  );
  let scored: readonly ScoredSentence[] | undefined;

  function packWithin({ limit, tokenBudget }: PackingLimits) {
    const { limitPerDocument, autoTokensMin, autoTokensMax, autoRecall } = settings;
    const limits = {
      limit,
      ...(limitPerDocument === undefined ? {} : { limitPerDocument }),
      countTokens: (text: string) => tokenCounter.count(text),
    };
    if (tokenBudget === undefined) return packPassages(ranked, limits);
    scored ??= scoreSentences(ranked, match);
    return packSentences(scored, { ...limits, tokenBudget, autoTokensMin, autoTokensMax, autoRecall });
  }

  return {
    pack(limits) {
      const startMs = clock.monotonicMs();
      const packed = packWithin(limits);
      const packMs = clock.monotonicMs() - startMs;
      return {
        ...packed,
        ...(searchedText === undefined ? {} : { searchedText }),
        ...(names.length === 0 ? {} : { followedNames: names }),
        ...(candidates.queryVectorSha256 === undefined ? {} : { queryVectorSha256: candidates.queryVectorSha256 }),
        ...(candidates.queryVector === undefined ? {} : { queryVector: candidates.queryVector }),
        embedderId,
        confidence,
        degraded: [...candidates.degraded, ...degraded],
        timingsMs: {
          ...candidates.timingsMs,
          lateInteraction: times.lateInteractionMs,
          link: times.linkMs,
          rerank: rerankMs,
          pack: packMs,
          total: searchMs + packMs,
        },
      };
    },
  };
}

/** Cosines of one model are not another's: these are what the weights of the confidence were fitted with. */
const cosinesFittedOf = "larder-embed-v1@";

/** Of the passages that the database confirmed: what is gone makes nothing surer. */
function cosinesOf(
  ranked: readonly RankedPassage[],
  { dense = [] }: Candidates,
  embedderId: EmbedderId,
): readonly number[] {
  if (!embedderId.startsWith(cosinesFittedOf)) return [];
  const live = new Set(ranked.map(({ passage }) => passage.label));
  return dense.filter(({ label }) => live.has(label)).map(({ score }) => score);
}
