import type {
  Call,
  DocumentReader,
  EmbedderId,
  KnowledgeBase,
  KnowledgeBaseStore,
  Label,
  RankedSearch,
  RankingRetriever,
  Reranker,
  RetrievalQuery,
  SearchQuery,
  StoredPassage,
  TokenCounter,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CandidatePorts, Candidates } from "./find-candidates.ts";
import { findCandidates } from "./find-candidates.ts";
import { followLinks } from "./follow-links.ts";
import type { LateInteractionPorts, QueryMatch } from "./late-interaction.ts";
import { matchPassages } from "./late-interaction.ts";
import { namesToFollow } from "./names-to-follow.ts";
import { addLinks } from "./passage-links.ts";
import { questionInContext } from "./question-in-context.ts";
import { narrow, rank } from "./rank-candidates.ts";
import type { LinkedCandidates, RankedCandidates } from "./ranked-search.ts";
import { createRankedSearch } from "./ranked-search.ts";
import type { RerankedPassages } from "./rerank-passages.ts";
import { rerankPassages } from "./rerank-passages.ts";
import type { RetrieverSettings } from "./retriever-settings.ts";
import { defaultSettings, idOf } from "./retriever-settings.ts";
import type { JudgedSentence } from "./score-sentences.ts";
import { judgeSentences } from "./score-sentences.ts";
import type { RankedPassage } from "./stretch.ts";

export interface RetrieverPorts extends CandidatePorts, LateInteractionPorts {
  readonly documents: Pick<DocumentReader, "passagesByLabel" | "labelsMatching"> &
    Pick<KnowledgeBaseStore, "knowledgeBase">;
  readonly tokenCounter: TokenCounter;
  /** Reads the best passages of a hybrid search once more. Absent: their order stays. */
  readonly reranker?: Reranker;
  readonly settings?: RetrieverSettings;
}

/** A retriever that also shows what it judges sentences by. */
export interface HybridRetriever extends RankingRetriever {
  /**
   * Every sentence of the query's candidates, in the order of their passages, with the features that its score is made
   * of: what a fit of the weights needs. Limit and budget of the query do not matter; rejects as `retrieve` does.
   */
  judge(query: RetrievalQuery, call: Call): Promise<readonly JudgedSentence[]>;
}

interface SearchScope {
  readonly query: SearchQuery;
  readonly allowed?: ReadonlySet<Label>;
  readonly embedderId?: EmbedderId;
}

/**
 * Question to evidence: dense and lexical search at once, each hit confirmed against the database, candidates compared
 * with the question token by token, the three scores scaled and added; what the best two link to lifted; the best read
 * once more by a reranker if there is one; then sentences chosen for the token budget, or whole passages when there is
 * none. Creating it does no I/O.
 */
export function createHybridRetriever(ports: RetrieverPorts): HybridRetriever {
  const { documents, clock, tokenCounter, tokenMatcher, sentenceReader, reranker } = ports;
  const settings = { ...defaultSettings, ...ports.settings };

  async function allowedLabels(query: SearchQuery, call: Call): Promise<ReadonlySet<Label> | undefined> {
    const { knowledgeBaseId, filter } = query;
    return filter === undefined ? undefined : documents.labelsMatching(knowledgeBaseId, filter, call);
  }

  async function rankCandidates(query: SearchQuery, call: Call): Promise<LinkedCandidates> {
    call.signal.throwIfAborted();
    if (!hasVisibleCharacter(query.text)) throw new LarderError("QUERY_EMPTY");
    const { knowledgeBaseId } = query;
    for (;;) {
      const knowledgeBase = await documents.knowledgeBase(knowledgeBaseId, call);
      const ranked = await rankWithin(knowledgeBase, query, call);
      // Generations only grow: the same one before and after is the one that everything in between was read from.
      const { generation } = await documents.knowledgeBase(knowledgeBaseId, call);
      if (generation === knowledgeBase.generation) return ranked;
    }
  }

  /** What was found is of one generation only when the knowledge base has the same one still. */
  async function rankWithin(
    { embedderId, counts }: KnowledgeBase,
    query: SearchQuery,
    call: Call,
  ): Promise<LinkedCandidates> {
    const allowed = await allowedLabels(query, call);
    const scope = {
      query,
      ...(allowed === undefined ? {} : { allowed }),
      ...(embedderId === undefined ? {} : { embedderId }),
    };
    const isNothingToSearch = counts.passages === 0 || allowed?.size === 0;
    const { candidates, passages } = isNothingToSearch
      ? { candidates: noCandidates, passages: new Map<Label, StoredPassage>() }
      : await findConfirmed(scope, call);
    const startMs = clock.monotonicMs();
    const match = matchPassages(query.text, passages.values(), ports);
    const ranked = rankMatched(query, candidates, passages, match);
    const lateInteractionMs = clock.monotonicMs() - startMs;
    const linked = await linkRanked(scope, { ranked, match, candidates, lateInteractionMs }, call);
    return { ...linked, embedderId: embedderId ?? ports.embedder.id };
  }

  /**
   * A version that is replaced after its passages were found and before they are read is in neither form among those that
   * are: then it is searched once more, when the new one is there to be found.
   */
  async function findConfirmed(scope: SearchScope, call: Call) {
    for (let searches = 1; ; searches += 1) {
      const found = await findCandidates(ports, { ...scope, limit: settings.candidatesPerSide }, call);
      const candidates = narrow(scope.query, found, settings);
      const { labels, passages } = await confirm(documents, scope.query, candidates, call);
      if (passages.size === labels.length || searches === searchesMax) return { candidates, passages };
    }
  }

  function rankMatched(
    query: SearchQuery,
    candidates: Candidates,
    passages: ReadonlyMap<Label, StoredPassage>,
    match: QueryMatch,
  ): readonly RankedPassage[] {
    const denseWeight = settings.denseWeight * tokenMatcher.knownShare(query.text);
    return rank(query, candidates, passages, match, { ...settings, denseWeight });
  }

  /** A mode of one side is that side alone. */
  async function linkRanked(
    scope: SearchScope,
    first: RankedCandidates,
    call: Call,
  ): Promise<Omit<LinkedCandidates, "embedderId">> {
    const { linkWeight, linkNamesMax } = settings;
    const { query } = scope;
    if (query.mode !== "hybrid" || linkWeight === 0) return { ...first, names: [], linkMs: 0 };
    const startMs = clock.monotonicMs();
    const names = namesToFollow(query.text, first.ranked, first.match, linkNamesMax);
    const { ranked, ...rest } = names.length === 0 ? first : await follow(scope, names, first, call);
    const linked = addLinks(ranked, rest.match, linkWeight);
    return { ...rest, ranked: linked, names, linkMs: clock.monotonicMs() - startMs };
  }

  /** What is brought is judged by the weights of the first candidates' tokens, so that their scores stay as they are. */
  async function follow(
    scope: SearchScope,
    names: readonly string[],
    first: RankedCandidates,
    call: Call,
  ): Promise<RankedCandidates> {
    const { candidates, brought: found } = await followLinks(
      ports,
      first.candidates,
      { ...scope, names, ranked: first.ranked },
      call,
    );
    // Of a document that was replaced meanwhile, the version that was read first stands.
    const versions = new Map(first.ranked.map(({ passage }) => [passage.documentId, passage.version]));
    const isOfOneVersion = ([, { documentId, version }]: [Label, StoredPassage]) =>
      (versions.get(documentId) ?? version) === version;
    const brought = new Map([...found].filter(isOfOneVersion));
    if (brought.size === 0) return first;
    const { query } = scope;
    const matched = matchPassages(query.text, brought.values(), ports).passages;
    const match = { ...first.match, passages: new Map([...first.match.passages, ...matched]) };
    const passages = new Map([...first.ranked.map(({ passage }) => [passage.label, passage] as const), ...brought]);
    return { ...first, candidates, match, ranked: rankMatched(query, candidates, passages, match) };
  }

  /** A mode of one side is that side alone. */
  async function rerank(query: SearchQuery, ranked: readonly RankedPassage[], call: Call): Promise<RerankedPassages> {
    if (reranker === undefined || query.mode !== "hybrid") return { ranked, degraded: [] };
    return rerankPassages(query.text, ranked, reranker, settings, call);
  }

  async function search(asked: SearchQuery, call: Call): Promise<RankedSearch> {
    call.signal.throwIfAborted();
    if (!hasVisibleCharacter(asked.text)) throw new LarderError("QUERY_EMPTY");
    const query = { ...asked, text: questionInContext(asked.text, asked.history) };
    const startMs = clock.monotonicMs();
    const found = await rankCandidates(query, call);
    const rerankStartMs = clock.monotonicMs();
    const { ranked, degraded } = await rerank(query, found.ranked, call);
    const endMs = clock.monotonicMs();
    const rerankMs = reranker === undefined ? 0 : endMs - rerankStartMs;
    return createRankedSearch(
      { ...found, ...(query.text === asked.text ? {} : { searchedText: query.text }), ranked, degraded },
      { question: query.text, rerankMs, searchMs: endMs - startMs },
      { settings, tokenCounter, clock },
    );
  }

  return {
    id: idOf(settings, [tokenCounter.id, tokenMatcher.id, sentenceReader.id], reranker),

    async judge(query, call) {
      const { ranked, match } = await rankCandidates(query, call);
      return judgeSentences(ranked, match);
    },

    rank: search,

    async retrieve({ limit, tokenBudget, ...asked }, call) {
      const searched = await search(asked, call);
      return searched.pack({ limit, ...(tokenBudget === undefined ? {} : { tokenBudget }) });
    },
  };
}

/** Of one question, where passages vanish under it each time. Chosen arbitrarily: one is enough for one replacement. */
const searchesMax = 4;

const noCandidates: Candidates = {
  degraded: [],
  timingsMs: { embed: 0, dense: 0, lexical: 0 },
  scoreAlso: async () => noCandidates,
};

/** Anything but white space, control characters and what takes no place. */
function hasVisibleCharacter(text: string): boolean {
  return /[^\p{Z}\p{C}\s]/u.test(text);
}

async function confirm(
  documents: RetrieverPorts["documents"],
  query: SearchQuery,
  { dense = [], lexical = [] }: Candidates,
  call: Call,
): Promise<{ readonly labels: readonly Label[]; readonly passages: ReadonlyMap<Label, StoredPassage> }> {
  const labels = [...new Set([...dense, ...lexical].map(({ label }) => label))];
  const { knowledgeBaseId } = query;
  const passages = labels.length === 0 ? new Map() : await documents.passagesByLabel(knowledgeBaseId, labels, call);
  return { labels, passages };
}
