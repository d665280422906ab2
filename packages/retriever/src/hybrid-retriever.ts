import type {
  Call,
  DocumentReader,
  KnowledgeBaseStore,
  Label,
  Retrieval,
  RetrievalQuery,
  Retriever,
  SearchMode,
  StoredPassage,
  TokenCounter,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CandidatePorts, Candidates } from "./find-candidates.ts";
import { findCandidates } from "./find-candidates.ts";
import type { FusedHit, ScoredLabel } from "./fuse-scores.ts";
import { fuseScores } from "./fuse-scores.ts";
import { packEvidence } from "./pack-evidence.ts";
import type { RankedPassage } from "./stretch.ts";

export interface RetrieverSettings {
  /** Hits taken from each side. @defaultValue 100, as the carried model's card measures it */
  readonly candidatesPerSide?: number;
  /** Weight of the dense side, 0 … 1. @defaultValue 0.5; flat from .35 to .55 on the development sets */
  readonly denseWeight?: number;
}

export interface RetrieverPorts extends CandidatePorts {
  readonly documents: Pick<DocumentReader, "passagesByLabel" | "labelsMatching"> &
    Pick<KnowledgeBaseStore, "knowledgeBase">;
  readonly tokenCounter: TokenCounter;
  readonly settings?: RetrieverSettings;
}

/**
 * Question to evidence: dense and lexical search at once, scores scaled and added, each hit confirmed against the
 * database, neighbouring passages joined and packed to the token budget. Creating it does no I/O.
 */
export function createHybridRetriever(ports: RetrieverPorts): Retriever {
  const { documents, clock, tokenCounter } = ports;
  const candidatesPerSide = ports.settings?.candidatesPerSide ?? 100;
  const denseWeight = ports.settings?.denseWeight ?? 0.5;

  async function allowedLabels(query: RetrievalQuery, call: Call): Promise<ReadonlySet<Label> | undefined> {
    const { knowledgeBaseId, filter } = query;
    return filter === undefined ? undefined : documents.labelsMatching(knowledgeBaseId, filter, call);
  }

  return {
    id: `hybrid-1(candidates=${candidatesPerSide},dense=${denseWeight},pack=greedy-1,tokens=${tokenCounter.id})`,

    async retrieve(query, call) {
      call.signal.throwIfAborted();
      if (!hasVisibleCharacter(query.text)) throw new LarderError("QUERY_EMPTY");
      const startMs = clock.monotonicMs();
      const { embedderId, counts } = await documents.knowledgeBase(query.knowledgeBaseId, call);
      const allowed = await allowedLabels(query, call);
      const common = {
        query,
        limit: candidatesPerSide,
        ...(allowed === undefined ? {} : { allowed }),
        ...(embedderId === undefined ? {} : { embedderId }),
      };
      const isNothingToSearch = counts.passages === 0 || allowed?.size === 0;
      const candidates = isNothingToSearch ? noCandidates : await findCandidates(ports, common, call);
      const passages = await confirm(documents, query, candidates, call);

      const packStartMs = clock.monotonicMs();
      const ranked = rank(candidates, passages, weightOf(query.mode, candidates, denseWeight));
      const packed = packEvidence(ranked, {
        tokenBudget: query.tokenBudget,
        limit: query.limit,
        countTokens: (text) => tokenCounter.count(text),
      });
      const endMs = clock.monotonicMs();
      return {
        ...packed,
        degraded: candidates.degraded,
        timingsMs: { ...candidates.timingsMs, pack: endMs - packStartMs, total: endMs - startMs },
      } satisfies Retrieval;
    },
  };
}

const noCandidates: Candidates = { degraded: [], timingsMs: { embed: 0, dense: 0, lexical: 0 } };

/** Anything but white space, control characters and what takes no place. */
function hasVisibleCharacter(text: string): boolean {
  return /[^\p{Z}\p{C}\s]/u.test(text);
}

async function confirm(
  documents: RetrieverPorts["documents"],
  query: RetrievalQuery,
  { dense = [], lexical = [] }: Candidates,
  call: Call,
): Promise<ReadonlyMap<Label, StoredPassage>> {
  const labels = [...new Set([...dense, ...lexical].map(({ label }) => label))];
  return labels.length === 0 ? new Map() : documents.passagesByLabel(query.knowledgeBaseId, labels, call);
}

/** All the weight to the side that took part, when only one did. */
function weightOf(mode: SearchMode, { dense, lexical }: Candidates, denseWeight: number): number {
  if (lexical === undefined) return 1;
  if (dense === undefined) return 0;
  return mode === "hybrid" ? denseWeight : mode === "dense" ? 1 : 0;
}

/** Hits that the database no longer knows are dropped before scaling, so that they move nobody's score. */
function rank(
  { dense = [], lexical = [] }: Candidates,
  passages: ReadonlyMap<Label, StoredPassage>,
  denseWeight: number,
): RankedPassage[] {
  const live = (hits: readonly ScoredLabel[]) => hits.filter(({ label }) => passages.has(label));
  return fuseScores(live(dense), live(lexical), denseWeight).flatMap((hit) => {
    const passage = passages.get(hit.label);
    return passage === undefined ? [] : [{ passage, score: hit.score, scores: partsOf(hit) }];
  });
}

function partsOf({ dense, lexical }: FusedHit): RankedPassage["scores"] {
  return { ...(dense === undefined ? {} : { dense }), ...(lexical === undefined ? {} : { lexical }) };
}
