import type { Interval, PairedDifference, RankingScores } from "@larder/evaluation";
import Table from "cli-table3";
import type { SetResult } from "./evaluate-set.ts";
import { modes } from "./evaluate-set.ts";

const modeWords = { lexical: "BM25 alone", dense: "dense alone", hybrid: "hybrid" } as const;

/** One block a set: the three ways to search, and what the hybrid gains over each side alone. */
export function renderResults(results: readonly SetResult[]): string {
  const head = ["set", "search", "nDCG@10", "95 % interval", "recall@10", "recall@100", "MRR@10", "p50 ms", "p99 ms"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { set, scores } of results) {
    for (const mode of modes) {
      const of = scores[mode];
      const shown = [of.recallAt10, of.recallAt100, of.reciprocalRankAt10].map((value) => value.toFixed(3));
      const times = [of.latencyMsP50, of.latencyMsP99].map((ms) => ms.toFixed(1));
      table.push([set, modeWords[mode], of.ndcgAt10.mean.toFixed(3), range(of.ndcgAt10), ...shown, ...times]);
    }
  }
  const gains = results.map(({ set, gains: { overLexical, overDense } }) => {
    return `${set}: hybrid over BM25 ${signed(overLexical)}, over dense ${signed(overDense)}`;
  });
  return [table.toString(), ...gains].join("\n");
}

function range({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function signed(difference: PairedDifference): string {
  const p = difference.p < 0.001 ? "p < .001" : `p = ${difference.p.toFixed(3)}`;
  return `${difference.mean >= 0 ? "+" : ""}${difference.mean.toFixed(3)} (${range(difference)}, ${p})`;
}

/** The same figures for programs; per-query values are left out. */
export function toJson({ set, documents, scores, gains }: SetResult) {
  const plain = ({ ndcgAt10ByQuery: _, ...rest }: RankingScores) => rest;
  return {
    set,
    documents,
    lexical: plain(scores.lexical),
    dense: plain(scores.dense),
    hybrid: plain(scores.hybrid),
    hybridLessLexical: gains.overLexical,
    hybridLessDense: gains.overDense,
  };
}
