import { escapeHtml, htmlTable, pageStyle } from "@larder/report-page";
import type { EvaluationRun } from "../saved-run.ts";
import { documentSection } from "./document-section.ts";
import { spanSection } from "./span-section.ts";

/** One page that needs nothing else: no script, no network, plots as SVG with their tables. */
export function renderHtml(run: EvaluationRun): string {
  const spans = run.sets.filter(({ kind }) => kind === "spans");
  const documents = run.sets.filter(({ kind }) => kind === "documents");
  const order = [...new Set([...spans, ...documents].flatMap((set) => set.pipelines.map(({ pipeline }) => pipeline)))];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Larder: retrieval measured</title><style>${pageStyle}</style></head><body><main>`,
    "<h1>Retrieval measured</h1>",
    factsOf(run),
    ...(spans.length === 0 ? [] : [spanIntroduction, ...spans.map((set, i) => spanSection(set, i, order))]),
    documentSection(documents, order),
    abstentionSection(run),
    "</main></body></html>\n",
  ].join("\n");
}

const spanIntroduction = `<h2>Evidence against tokens</h2>
<p>Share of the gold characters that the evidence covers when it may hold so many tokens, mean over questions, with 95 %
intervals clustered by document. Larder's budget includes titles and markers; the baselines' counts their text alone.</p>`;

function factsOf({ retriever, embedder, tokenCounter, machine, measuredAt }: EvaluationRun): string {
  const facts = [
    ["retriever", retriever],
    ["embedder", embedder],
    ["token counter", tokenCounter],
    ["machine", machine],
    ["measured", measuredAt],
  ].map(([name, value]) => `<li>${name}: <code>${escapeHtml(value ?? "")}</code></li>`);
  return `<ul>${facts.join("")}</ul>`;
}

function abstentionSection({ sets }: EvaluationRun): string {
  const rows = sets.flatMap(({ set, abstention }) =>
    abstention.map(({ pipeline, areaUnderRoc, falseAnswerRate, answerable, unanswerable }) => [
      `${set}, ${pipeline}`,
      answerable,
      unanswerable,
      areaUnderRoc.toFixed(3),
      falseAnswerRate.toFixed(3),
    ]),
  );
  if (rows.length === 0) return "";
  const head = ["set, pipeline", "answerable", "unanswerable", "AUROC", "false answers at 95 % coverage"];
  const caption = "How well the confidence tells questions that the documents answer from those that they do not.";
  return `<section><h2>Abstention</h2>${htmlTable(caption, head, rows)}</section>`;
}
