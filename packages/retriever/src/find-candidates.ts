import type {
  Call,
  Clock,
  Embedder,
  EmbedderId,
  Label,
  LexicalSearcher,
  SearchQuery,
  VectorHit,
  VectorSearcher,
  VectorSearchOptions,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { sha256OfVector } from "@larder/receipts";
import type { ScoredLabel } from "./fuse-scores.ts";

export interface CandidatePorts {
  readonly embedder: Embedder;
  /**
   * Another embedder, for a knowledge base whose vectors are not yet of the first. Rejects with {@link LarderError}
   * `EMBEDDER_…` when it cannot be had.
   */
  readonly formerEmbedder?: (id: EmbedderId, call: Call) => Promise<Embedder>;
  readonly vectors: VectorSearcher;
  readonly lexical: LexicalSearcher;
  readonly clock: Clock;
}

export interface CandidateRequest {
  readonly query: SearchQuery;
  /** Only these labels, when given. */
  readonly allowed?: ReadonlySet<Label>;
  /** The embedder that made the knowledge base's vectors. */
  readonly embedderId?: EmbedderId;
  readonly limit: number;
}

export interface Candidates {
  /** Absent when dense search did not take part. */
  readonly dense?: readonly ScoredLabel[];
  /** Absent when lexical search did not take part. */
  readonly lexical?: readonly ScoredLabel[];
  /** Of the question's vector; absent when nothing was embedded. */
  readonly queryVectorSha256?: string;
  readonly queryVector?: Float32Array;
  readonly degraded: readonly string[];
  readonly timingsMs: { readonly embed: number; readonly dense: number; readonly lexical: number };
  /** The same with the dense scores of further labels, where dense search takes part. */
  scoreAlso(labels: readonly Label[]): Promise<Candidates>;
}

/**
 * The best of both sides, searched at the same time; then the vectors of what only lexical search found are compared as
 * well, so that each candidate has its true dense score. A dense side that cannot answer is left out and told of in
 * `degraded`; lexical search then takes part whatever the mode. Failures of the database are errors.
 */
export async function findCandidates(
  ports: CandidatePorts,
  request: CandidateRequest,
  call: Call,
): Promise<Candidates> {
  const { mode } = request.query;
  const dense = new DenseSide(ports, request, call);
  // Lexical search of this process would keep it from passing the embedding on to the index, which then works beside it.
  if (mode !== "lexical") await dense.embed();
  const [, lexicalAtOnce] = await Promise.all([
    dense.search(),
    mode === "dense" ? undefined : searchLexical(ports, request, call),
  ]);
  const isDenseMissing = mode === "dense" && dense.hits === undefined;
  const lexical = isDenseMissing ? await searchLexical(ports, request, call) : lexicalAtOnce;
  if (mode === "hybrid") await dense.scoreAlso((lexical?.hits ?? []).map(({ label }) => label));
  const found = (): Candidates => ({
    ...(dense.hits === undefined ? {} : { dense: dense.hits }),
    ...(lexical === undefined ? {} : { lexical: lexical.hits }),
    ...(dense.vectorSha256 === undefined ? {} : { queryVectorSha256: dense.vectorSha256 }),
    ...(dense.vector === undefined ? {} : { queryVector: dense.vector }),
    degraded: [...dense.degraded],
    timingsMs: { embed: dense.embedMs, dense: dense.searchMs, lexical: lexical?.searchMs ?? 0 },
    async scoreAlso(labels) {
      await dense.scoreAlso(labels);
      return found();
    },
  });
  return found();
}

/** Dense search of one query, and what became of it. */
class DenseSide {
  /** `undefined` until the search has answered. */
  hits: readonly ScoredLabel[] | undefined;
  readonly degraded = new Set<string>();
  embedMs = 0;
  searchMs = 0;
  vector: Float32Array | undefined;
  vectorSha256: string | undefined;
  readonly #ports: CandidatePorts;
  readonly #request: CandidateRequest;
  readonly #call: Call;

  constructor(ports: CandidatePorts, request: CandidateRequest, call: Call) {
    this.#ports = ports;
    this.#request = request;
    this.#call = call;
  }

  async embed(): Promise<void> {
    const { clock } = this.#ports;
    const { query } = this.#request;
    const embedder = await this.#embedder();
    if (embedder === undefined) return;
    await this.#orDegraded(async () => {
      const startMs = clock.monotonicMs();
      this.vector = await embedder.embed([query.text], "query", this.#call);
      this.embedMs = clock.monotonicMs() - startMs;
      this.vectorSha256 = sha256OfVector(this.vector);
    });
  }

  /** Of the knowledge base's vectors: those of two models are never compared. */
  async #embedder(): Promise<Embedder | undefined> {
    const { embedder, formerEmbedder } = this.#ports;
    const { embedderId } = this.#request;
    if (embedderId === undefined || embedderId === embedder.id) return embedder;
    const isAnother = "dense search is unavailable: the knowledge base was embedded with another model";
    if (formerEmbedder === undefined) {
      this.degraded.add(isAnother);
      return undefined;
    }
    try {
      return await formerEmbedder(embedderId, this.#call);
    } catch (thrown) {
      this.#call.signal.throwIfAborted();
      if (!LarderError.is(thrown) || !isOfDenseSide(thrown)) throw thrown;
      this.degraded.add(`${isAnother}, which cannot be opened: ${thrown.message}`);
      return undefined;
    }
  }

  /** Nothing without an embedding. */
  async search(): Promise<void> {
    const { allowed, limit } = this.#request;
    if (this.vector === undefined) return;
    await this.#orDegraded(async () => {
      this.hits = await this.#nearest(allowed === undefined ? { limit } : { limit, allowed });
    });
  }

  /** Scores of labels that the search did not reach; nothing when it did not take part. */
  async scoreAlso(labels: readonly Label[]): Promise<void> {
    const { hits } = this;
    if (hits === undefined) return;
    const known = new Set(hits.map(({ label }) => label));
    const missing = new Set(labels.filter((label) => !known.has(label)));
    if (missing.size === 0) return;
    await this.#orDegraded(async () => {
      this.hits = [...hits, ...(await this.#nearest({ limit: missing.size, allowed: missing }))];
    });
  }

  async #nearest(options: VectorSearchOptions): Promise<readonly VectorHit[]> {
    const { vectors, clock } = this.#ports;
    if (this.vector === undefined) return [];
    const startMs = clock.monotonicMs();
    const found = await vectors.search(this.#request.query.knowledgeBaseId, this.vector, options, this.#call);
    this.searchMs += clock.monotonicMs() - startMs;
    if (found.degraded !== undefined) this.degraded.add(found.degraded);
    const { allowed } = options;
    // Which passages there are, the database confirms of each hit; which ones the filter lets through, only this.
    return allowed === undefined ? found.hits : found.hits.filter(({ label }) => allowed.has(label));
  }

  async #orDegraded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#call.signal.throwIfAborted();
      if (!LarderError.is(thrown) || !isOfDenseSide(thrown)) throw thrown;
      this.degraded.add(`dense search is unavailable: ${thrown.message}`);
    }
  }
}

function isOfDenseSide({ code }: LarderError): boolean {
  return code.startsWith("EMBEDDER_") || code.startsWith("INDEX_") || code === "CHILD_PROCESS_ENDED";
}

async function searchLexical({ lexical, clock }: CandidatePorts, request: CandidateRequest, call: Call) {
  const { query, allowed, limit } = request;
  const startMs = clock.monotonicMs();
  const options = allowed === undefined ? { limit } : { limit, allowed };
  const hits = await lexical.search(query.knowledgeBaseId, query.text, options, call);
  return { hits, searchMs: clock.monotonicMs() - startMs };
}
