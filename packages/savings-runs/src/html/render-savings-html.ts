import { escapeHtml, htmlTable, pageStyle } from "@larder/report-page";
import { headlineComparator } from "../headline-comparator.ts";
import { batchHead, batchRow, preregisteredFacts, unmeasuredFacts } from "../render-markdown.ts";
import type { Comparison, SavingsReport } from "../report-schema.ts";
import { armHead, armRow, baselineName, comparisonHead, comparisonRow, dollars } from "../report-words.ts";
import { accuracySection, ladderSection, perQuerySection } from "./money-sections.ts";
import { recallSection } from "./recall-section.ts";
import { corpusSizeSection, occupancySection } from "./window-sections.ts";

/** One page that needs nothing else: no script, no network, every plot with its figures beside it as a table. */
export function renderSavingsHtml(reports: readonly SavingsReport[]): string {
  const title = "Larder: measured savings";
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><style>${pageStyle}</style></head><body><main>`,
    "<h1>Measured savings</h1>",
    ...reports.map((report, index) => reportSection(report, index, reports.length > 1)),
    "</main></body></html>\n",
  ].join("\n");
}

function reportSection(report: SavingsReport, index: number, isOneOfSeveral: boolean): string {
  const id = `r${index}`;
  return [
    `<article>${isOneOfSeveral ? `<h2>${escapeHtml(report.preregistered.set_name)}</h2>` : ""}`,
    `<p class="headline">${escapeHtml(report.headline)}</p>`,
    verdictLine(report),
    warnings(report),
    verdictSection(report),
    recallSection(report, id),
    ladderSection(report, id),
    perQuerySection(report, id),
    accuracySection(report, id),
    occupancySection(report, id),
    corpusSizeSection(report, id),
    `<section><h3>Arms</h3>${htmlTable("Every arm that was measured, at every budget.", armHead, report.arms.map(armRow))}</section>`,
    batchSection(report),
    unmeasuredSection(report),
    preregisteredSection(report),
    "</article>",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** The verdict before anything else that could be taken for one: a loss is called a loss, in its own colour. */
function verdictLine({ comparisons, arms }: SavingsReport): string {
  const tooLarge = comparisons.find(({ verdict }) => verdict === "capability_only");
  const lines = [headlineComparator(comparisons, arms), tooLarge].flatMap((one) => {
    if (one === undefined) return [];
    const { verdict, because } = one;
    const words = `${verdictWords[verdict]} (${verdict})`;
    return [
      `<p class="verdict ${verdict}"><strong>${words}</strong> against ${escapeHtml(baselineName(one))}. ${escapeHtml(because)}</p>`,
    ];
  });
  return [...new Set(lines)].join("\n");
}

const verdictWords: Readonly<Record<Comparison["verdict"], string>> = {
  saves: "Saves",
  costs_more: "Costs more",
  no_measurable_effect: "No measurable effect",
  not_established: "Not established",
  capability_only: "Capability only",
};

function warnings({ warnings: all }: SavingsReport): string {
  if (all.length === 0) return "";
  return `<ul>${all.map((one) => `<li>${escapeHtml(one)}</li>`).join("")}</ul>`;
}

function verdictSection({ comparisons }: SavingsReport): string {
  if (comparisons.length === 0) return "";
  const caption =
    "Larder at the registered budget against each other arm: quality first, then what it took. Losses are negative.";
  const reasons = comparisons.map((one) => `<li>${escapeHtml(`${baselineName(one)}: ${one.because}`)}</li>`);
  return [
    "<section><h3>Verdicts</h3>",
    htmlTable(caption, comparisonHead, comparisons.map(comparisonRow)),
    `<ul class="quiet">${reasons.join("")}</ul></section>`,
  ].join("\n");
}

function batchSection({ batch_lane: lane }: SavingsReport): string {
  if (lane === null || !lane.feasible) return "";
  const caption = "The same tokens at the model's batch lane on both sides: modelled, nothing was sent there.";
  return `<section><h3>Both sides in a batch</h3>${htmlTable(caption, batchHead, lane.rows.map(batchRow))}</section>`;
}

function unmeasuredSection(report: SavingsReport): string {
  const facts = unmeasuredFacts(report).map(([name, reason]) => `<li>${escapeHtml(`${name}: ${reason}`)}</li>`);
  return facts.length === 0 ? "" : `<section><h3>What was not measured</h3><ul>${facts.join("")}</ul></section>`;
}

function preregisteredSection(report: SavingsReport): string {
  const facts = preregisteredFacts(report).map(
    ([name, value]) => `<li>${escapeHtml(name)}: <code>${escapeHtml(value)}</code></li>`,
  );
  const cost = `Measuring cost ${dollars(report.measurement_cost_usd)}, of which the judge took ${dollars(report.judge_cost_usd)}; neither is in any saving.`;
  return [
    "<section><h3>What was fixed beforehand</h3>",
    `<ul>${facts.join("")}<li>run: <code>${report.run_id}</code></li></ul>`,
    `<p class="quiet">${escapeHtml(cost)}</p></section>`,
  ].join("\n");
}
