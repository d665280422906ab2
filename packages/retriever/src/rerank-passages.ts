import type { Call, Label, Reranker, StoredPassage } from "@larder/contracts";
import { contextText, LarderError } from "@larder/contracts";
import { scaleToUnit } from "./fuse-scores.ts";
import type { RankedPassage } from "./stretch.ts";

export interface RerankSettings {
  /** Passages that are reranked, from the best. */
  readonly rerankCandidates: number;
  /** The reranker's part in the score, 0 … 1. */
  readonly rerankWeight: number;
}

export interface RerankedPassages {
  /** Best first. */
  readonly ranked: readonly RankedPassage[];
  /** Why there was no reranking, in words. */
  readonly degraded: readonly string[];
}

/**
 * The first passages judged anew by reading each together with the question, and put in the order of their new scores.
 *
 * The reranker's scores are scaled to 0 … 1 over those that it read and blended in: `(1 - w) · score + w · rerank`. What it
 * did not read counts 0 there, so nothing from below overtakes what it read; with all the weight it may tie with the last
 * of that. A reranker that fails changes nothing, and `degraded` says so.
 *
 * @param ranked - Best first.
 */
export async function rerankPassages(
  question: string,
  ranked: readonly RankedPassage[],
  reranker: Reranker,
  { rerankCandidates, rerankWeight }: RerankSettings,
  call: Call,
): Promise<RerankedPassages> {
  const read = ranked.slice(0, rerankCandidates).map(({ passage }) => passage);
  const scores = await scoreAll(question, read, reranker, call).catch((thrown: unknown) => {
    call.signal.throwIfAborted();
    if (!LarderError.is(thrown)) throw thrown;
    return `reranking is unavailable: ${thrown.message}`;
  });
  if (typeof scores === "string") return { ranked, degraded: [scores] };
  const scaled = scaleToUnit(scores);
  const blended = ranked.map((each): RankedPassage => {
    const rerank = scaled.get(each.passage.label);
    const score = Math.min(1, (1 - rerankWeight) * each.score + rerankWeight * (rerank ?? 0));
    return rerank === undefined ? { ...each, score } : { ...each, score, scores: { ...each.scores, rerank } };
  });
  return { ranked: blended.sort((a, b) => b.score - a.score), degraded: [] }; // stable: ties keep the order before
}

async function scoreAll(
  question: string,
  passages: readonly StoredPassage[],
  reranker: Reranker,
  call: Call,
): Promise<ReadonlyMap<Label, number>> {
  const scores = new Map<Label, number>();
  for (let start = 0; start < passages.length; start += reranker.passagesPerCallMax) {
    const part = passages.slice(start, start + reranker.passagesPerCallMax);
    const texts = part.map(({ title, headings, text }) => contextText(title, headings, text));
    const given = await reranker.score(question, texts, call);
    for (const [i, { label }] of part.entries()) scores.set(label, given[i] ?? Number.NaN);
  }
  if ([...scores.values()].every(Number.isFinite)) return scores;
  throw new LarderError("RERANKER_OUTPUT_INVALID", { details: { passages: passages.length } });
}
