import type { Reranker } from "@larder/contracts";

export interface RetrieverSettings {
  /** Hits taken from each side. @defaultValue 100, as the carried model's card measures it */
  readonly candidatesPerSide?: number;
  /**
   * Hits of both sides together, best first by their two scores, that a hybrid search reads and matches token by token.
   * @defaultValue 110; see docs/decisions/0018-search-latency.md
   */
  readonly candidatesMax?: number;
  /** Weight of the vectors' side, 0 … 1. @defaultValue 0.3; see docs/decisions/0010-late-interaction.md */
  readonly denseWeight?: number;
  /** Weight of the tokens' side, 0 … 1; words have what is left. @defaultValue 0.3 */
  readonly lateInteractionWeight?: number;
  /** What a link with one of the best passages adds to a score, >= 0; see docs/decisions/0013-links.md. @defaultValue 0.4 */
  readonly linkWeight?: number;
  /** Most names of the best passages that are searched for once more; 0: no second search. @defaultValue 6 */
  readonly linkNamesMax?: number;
  /** Tokens that an automatic budget takes in any case. @defaultValue 600 */
  readonly autoTokensMin?: number;
  /** Passages that the reranker reads, if there is one; see docs/decisions/0011-reranking.md. @defaultValue 30 */
  readonly rerankCandidates?: number;
  /** The reranker's part in a passage's score, 0 … 1. @defaultValue 0.5, chosen arbitrarily: no model was at hand */
  readonly rerankWeight?: number;
  /** Most tokens that an automatic budget takes. @defaultValue 4,000: what five passages of 800 tokens would be */
  readonly autoTokensMax?: number;
  /** Share of what `autoTokensMax` would find that an automatic budget keeps. @defaultValue 0.95 */
  readonly autoRecall?: number;
  /** Most pieces of evidence from one document. @defaultValue no limit of its own */
  readonly limitPerDocument?: number;
}

export const defaultSettings = {
  candidatesPerSide: 100,
  candidatesMax: 110,
  denseWeight: 0.3,
  lateInteractionWeight: 0.3,
  linkWeight: 0.4,
  linkNamesMax: 6,
  autoTokensMin: 600,
  rerankCandidates: 30,
  rerankWeight: 0.5,
  autoTokensMax: 4_000,
  autoRecall: 0.95,
};

/** With every default. */
export type Settings = typeof defaultSettings & RetrieverSettings;

/** Names what decides about results, so that a receipt tells with what it was found. */
export function idOf(settings: Settings, parts: readonly string[], reranker?: Reranker): string {
  const { candidatesPerSide, denseWeight, lateInteractionWeight, rerankCandidates, rerankWeight } = settings;
  const { candidatesMax, linkWeight, linkNamesMax, autoTokensMin, autoTokensMax, autoRecall, limitPerDocument } =
    settings;
  const candidates = `candidates=${candidatesPerSide}/${candidatesMax}`;
  const fusion = `${candidates},dense=${denseWeight},late=${lateInteractionWeight},links=${linkWeight}*${linkNamesMax}`;
  const packing = `auto=${autoTokensMin}-${autoTokensMax}@${autoRecall},per-document=${limitPerDocument ?? "any"}`;
  const reranking = reranker === undefined ? [] : [`rerank=${reranker.id}*${rerankCandidates}@${rerankWeight}`];
  return `hybrid-3(${[fusion, packing, ...parts, ...reranking].join(",")})`;
}
