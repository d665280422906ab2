import { barPlot, htmlTable, legend } from "@larder/report-page";
import type { SetScores } from "../query-scores.ts";
import { summariseRanking } from "../summarise-documents.ts";

/** nDCG@10 of every pipeline on sets of whole documents, as bars and as a table. */
export function documentSection(sets: readonly SetScores[], order: readonly string[]): string {
  if (sets.length === 0) return "";
  const names = [...new Set(sets.flatMap(({ pipelines }) => pipelines.map(({ pipeline }) => pipeline)))];
  const summaries = sets.map(({ set, pipelines }) => ({
    set,
    of: pipelines.map((scores) => ({ pipeline: scores.pipeline, ...summariseRanking(scores) })),
  }));
  const groups = summaries.map(({ set, of }) => ({
    name: set,
    bars: of.map(({ pipeline, ndcgAt10 }) => ({ series: order.indexOf(pipeline), ...ndcgAt10 })),
  }));
  const text = {
    id: "ndcg",
    title: "nDCG@10 on sets of whole documents",
    description: `Bars from 0 to 1 with 95 % intervals for ${names.join(", ")}; the table below has the same figures.`,
  };
  const head = ["set, pipeline", "queries", "nDCG@10", "low", "high", "recall@5", "recall@10", "recall@20", "MRR@10"];
  const rows = summaries.flatMap(({ set, of }) =>
    of.map((one) => [
      `${set}, ${one.pipeline}`,
      one.queries,
      ...[one.ndcgAt10.mean, one.ndcgAt10.low, one.ndcgAt10.high].map(threeDigits),
      ...[one.recallAt5, one.recallAt10, one.recallAt20, one.reciprocalRankAt10, one.allGoldAt10].map(threeDigits),
      ...[one.latencyMsP50, one.latencyMsP99].map((ms) => ms.toFixed(1)),
    ]),
  );
  return [
    "<section><h2>Whole documents</h2>",
    legend(names, order),
    barPlot(text, groups, order),
    "<details><summary>The figures as a table</summary>",
    htmlTable("Intervals are 95 %, clustered by document.", [...head, "all gold@10", "p50 ms", "p99 ms"], rows),
    "</details></section>",
  ].join("\n");
}

function threeDigits(value: number): string {
  return value.toFixed(3);
}
