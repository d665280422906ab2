import type {
  Call,
  Clock,
  Embedder,
  EmbedderId,
  Label,
  LexicalSearcher,
  RetrievalQuery,
  VectorSearcher,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ScoredLabel } from "./fuse-scores.ts";

export interface CandidatePorts {
  readonly embedder: Embedder;
  readonly vectors: VectorSearcher;
  readonly lexical: LexicalSearcher;
  readonly clock: Clock;
}

export interface CandidateRequest {
  readonly query: RetrievalQuery;
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
  readonly degraded: readonly string[];
  readonly timingsMs: { readonly embed: number; readonly dense: number; readonly lexical: number };
}

/**
 * The best of both sides, searched at the same time. A dense side that cannot answer is left out and told of in
 * `degraded`; lexical search then takes part whatever the mode. Failures of the database are errors.
 */
export async function findCandidates(
  ports: CandidatePorts,
  request: CandidateRequest,
  call: Call,
): Promise<Candidates> {
  const { mode } = request.query;
  const [dense, lexicalAtOnce] = await Promise.all([
    mode === "lexical" ? undefined : searchDense(ports, request, call),
    mode === "dense" ? undefined : searchLexical(ports, request, call),
  ]);
  const isDenseMissing = mode === "dense" && dense?.hits === undefined;
  const lexical = isDenseMissing ? await searchLexical(ports, request, call) : lexicalAtOnce;
  return {
    ...(dense?.hits === undefined ? {} : { dense: dense.hits }),
    ...(lexical === undefined ? {} : { lexical: lexical.hits }),
    degraded: dense?.degraded ?? [],
    timingsMs: { embed: dense?.embedMs ?? 0, dense: dense?.searchMs ?? 0, lexical: lexical?.searchMs ?? 0 },
  };
}

interface DenseOutcome {
  readonly hits?: readonly ScoredLabel[];
  readonly degraded: readonly string[];
  readonly embedMs: number;
  readonly searchMs: number;
}

async function searchDense(ports: CandidatePorts, request: CandidateRequest, call: Call): Promise<DenseOutcome> {
  const { embedder, vectors, clock } = ports;
  const { query, allowed, embedderId, limit } = request;
  if (embedderId !== undefined && embedderId !== embedder.id) {
    const sentence = "dense search is unavailable: the knowledge base was embedded with another model";
    return { degraded: [sentence], embedMs: 0, searchMs: 0 };
  }
  const startMs = clock.monotonicMs();
  let embeddedMs = startMs;
  try {
    const vector = await embedder.embed([query.text], "query", call);
    embeddedMs = clock.monotonicMs();
    const options = allowed === undefined ? { limit } : { limit, allowed };
    const { hits, degraded } = await vectors.search(query.knowledgeBaseId, vector, options, call);
    return {
      hits,
      degraded: degraded === undefined ? [] : [degraded],
      embedMs: embeddedMs - startMs,
      searchMs: clock.monotonicMs() - embeddedMs,
    };
  } catch (thrown) {
    call.signal.throwIfAborted();
    if (!LarderError.is(thrown) || !isOfDenseSide(thrown)) throw thrown;
    return {
      degraded: [`dense search is unavailable: ${thrown.message}`],
      embedMs: embeddedMs - startMs,
      searchMs: clock.monotonicMs() - embeddedMs,
    };
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
