import { escapeHtml, htmlTable, legend } from "@larder/report-page";
import type { SetScores } from "../query-scores.ts";
import { summariseSpans } from "../summarise-spans.ts";
import { tokenBudgets } from "../token-budgets.ts";
import { recallPlot } from "./recall-plot.ts";

/** Evidence recall against a token budget of every pipeline on one set of long documents, as curves and as a table. */
export function spanSection({ set, documents, pipelines }: SetScores, index: number, order: readonly string[]): string {
  const summaries = pipelines.map((scores) => ({ pipeline: scores.pipeline, ...summariseSpans(scores) }));
  const names = summaries.map(({ pipeline }) => pipeline);
  const series = summaries.map(({ pipeline, curve }) => ({
    name: pipeline,
    series: order.indexOf(pipeline),
    points: curve.map(({ tokenBudget, recall: { mean, low, high } }) => ({
      tokens: tokenBudget,
      recall: mean,
      low,
      high,
    })),
  }));
  const ends = summaries.map(({ pipeline, curve }) => `${pipeline} ${percent(curve.at(-1)?.recall.mean ?? 0)}`);
  const text = {
    id: `recall-${index}`,
    title: `Evidence recall against a token budget on ${set}`,
    description: `Curves rise from ${tokenBudgets[0]} tokens to ${tokenBudgets.at(-1)}, where they reach: ${ends.join(", ")}.`,
  };
  const head = ["pipeline", ...tokenBudgets.map(String), "T80", "T90", "T95", "spans found@5", "recall@5", "IoU@5"];
  const rows = summaries.map((one) => [
    one.pipeline,
    ...one.curve.map(({ recall }) => (100 * recall.mean).toFixed(1)),
    ...[one.t80, one.t90, one.t95].map((tokens) => (tokens === undefined ? "> 16k" : tokens.toFixed(0))),
    ...[one.spanRecallAt5.mean, one.characterRecallAt5.mean].map(percent),
    percent(one.intersectionOverUnionAt5),
    ...[one.latencyMsP50, one.latencyMsP99].map((ms) => ms.toFixed(1)),
  ]);
  const caption = "Evidence recall in % at each budget; T80, T90 and T95 are the tokens that keep that recall.";
  return [
    `<section><h3>${escapeHtml(set)}</h3>`,
    `<p class="quiet">${documents} documents, ${summaries[0]?.queries ?? 0} questions</p>`,
    legend(names, order),
    recallPlot(text, series),
    "<details><summary>The figures as a table</summary>",
    htmlTable(caption, [...head, "p50 ms", "p99 ms"], rows),
    "</details></section>",
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
