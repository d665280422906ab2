import { expect, it } from "vitest";
import type { PipelineScores, SetScores } from "../query-scores.ts";
import { evidenceRecallName, tokensSpentName } from "../query-scores.ts";
import type { EvaluationRun } from "../saved-run.ts";
import { tokenBudgets } from "../token-budgets.ts";
import { renderHtml } from "./render-html.ts";

const pipelines = ["hybrid", "bm25-only", "naive-rag", "random", "oracle"];
const common = { queries: ["a", "b"], clusters: ["d", "e"], latencyMs: { p50: 1, p99: 2 } };
const spanValues = Object.fromEntries(
  tokenBudgets.flatMap((tokens, i) => [
    [evidenceRecallName(tokens), [0.1 * i, 0.15 * i]],
    [tokensSpentName(tokens), [tokens, tokens]],
  ]),
);

function setOf(set: string, kind: SetScores["kind"], scores: readonly PipelineScores[]): SetScores {
  return { set, kind, documents: 2, passages: 2, pipelines: scores, abstention: [] };
}

const run: EvaluationRun = {
  retriever: "hybrid-1 <b>",
  embedder: "e",
  tokenCounter: "o200k",
  machine: "2 cores",
  measuredAt: "2026-11-26T00:00:00.000Z",
  sets: [
    setOf(
      "papers",
      "spans",
      pipelines.map((pipeline) => ({ pipeline, ...common, values: spanValues })),
    ),
    {
      ...setOf("facts", "documents", [{ pipeline: "lexical", ...common, values: { ndcgAt10: [0.4, 0.6] } }]),
      abstention: [{ pipeline: "lexical", answerable: 2, unanswerable: 1, areaUnderRoc: 0.61, falseAnswerRate: 0.9 }],
    },
  ],
};
const page = renderHtml(run);

it("draws every pipeline of every set, and has its figures in a table", () => {
  for (const pipeline of pipelines) {
    expect(page).toContain(`<g data-series="${pipeline}">`);
    expect(page).toContain(`<th scope="row">${pipeline}</th>`);
  }
  expect(page).toContain('<g data-group="facts">');
  expect(page).toContain('<th scope="row">facts, lexical</th>');
  expect(page).toContain("<td>0.610</td>");
});

it("names and describes every plot", () => {
  const plots = [...page.matchAll(/<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/g)];
  expect(plots).toHaveLength(2);
  for (const [, title, description] of plots) {
    expect(page).toContain(`<title id="${title}">`);
    expect(page).toContain(`<desc id="${description}">`);
  }
});

it("opens offline: no script, no address to load", () => {
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
});

it("is readable in light and dark", () => {
  expect(page).toContain("prefers-color-scheme: dark");
});

it("shows names as text, never as markup", () => {
  expect(page).toContain("hybrid-1 &lt;b&gt;");
});

it("draws no number that is not one", () => {
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

it("is a page without any set too", () => {
  expect(renderHtml({ ...run, sets: [] })).toContain("<h1>Retrieval measured</h1>");
});
