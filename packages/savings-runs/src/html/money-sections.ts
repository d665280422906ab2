import { crossPlot, escapeHtml, histogram, htmlTable, ladderPlot } from "@larder/report-page";
import type { SavingsReport } from "../report-schema.ts";
import { armName, between, dollars, percent } from "../report-words.ts";
import { nameOfArm, runArmIds } from "../run-arms.ts";

/** From the dearest way to ours. What a provider's cache or plain word search already gives is hatched: it is not ours. */
export function ladderSection({ ladder, money_basis }: SavingsReport, id: string): string {
  if (ladder.length < 2) return "";
  const steps = ladder.map(({ step, usd_per_1k, is_ours }) => ({
    name: step,
    value: Math.max(0, Number(usd_per_1k)),
    text: dollars(usd_per_1k),
    isHatched: !is_ours,
  }));
  const told = ladder.map(({ step, usd_per_1k }) => `${step} ${dollars(usd_per_1k)}`).join(", ");
  const text = {
    id: `${id}-ladder`,
    title: "What 1,000 queries cost",
    description: `Bars on one scale, others' doing hatched: ${told}.`,
  };
  const rows = ladder.map(({ step, usd_per_1k, is_ours }) => [
    step,
    dollars(usd_per_1k),
    is_ours ? "ours" : "not ours",
  ]);
  const basis = money_basis === "modelled_local" ? "Modelled: our counts at the model's prices." : "As billed.";
  return [
    "<section><h3>Cost ladder</h3>",
    ladderPlot(text, steps),
    htmlTable(`${basis} Hatched steps are not claimed as savings of Larder's.`, ["way", "$ per 1,000", "whose"], rows),
    "</section>",
  ].join("\n");
}

/** What each question saved against the headline's comparator, losses included. */
export function perQuerySection({ per_query_saved: saved, comparisons }: SavingsReport, id: string): string {
  if (saved === null || saved.values.length === 0) return "";
  const top = comparisons.find(({ baseline }) => baseline === saved.baseline)?.concentration_top1pct_ratio ?? null;
  const losses = saved.values.filter((value) => value < 0).length;
  const isUsd = saved.unit === "usd";
  const shown = (value: number): string => (isUsd ? dollars(String(value)) : Math.round(value).toLocaleString("en-US"));
  const concentration =
    top === null ? "nothing is saved in total" : `the best 1 % of the questions save ${percent(top, 0)} of the total`;
  const summary = `${saved.values.length} questions, ${losses} of them at a loss; ${concentration}`;
  const text = {
    id: `${id}-per-query`,
    title: `Saved per question against ${nameOfArm(saved.baseline)}`,
    description: `A histogram, losses in a colour of their own: ${summary}.`,
  };
  const at = (share: number): string => shown(saved.values[Math.floor(share * (saved.values.length - 1))] ?? 0);
  const row = ["saved", at(0), at(0.25), at(0.5), at(0.75), at(1), `${losses}`, top === null ? "-" : percent(top, 0)];
  const head = [isUsd ? "dollars" : "tokens", "least", "25 %", "median", "75 %", "most", "losses", "top 1 %"];
  return [
    "<section><h3>Savings question by question</h3>",
    `<p>${escapeHtml(summary)}.</p>`,
    histogram(text, saved.values, { xLabel: `${isUsd ? "dollars" : "tokens"} saved a question`, xText: shown }),
    htmlTable("Signed; nothing is clamped.", head, [row]),
    "</section>",
  ].join("\n");
}

/** Quality against money, each arm and budget one cross. */
export function accuracySection({ arms, preregistered }: SavingsReport, id: string): string {
  const priced = arms.filter(({ usd_per_1k }) => usd_per_1k !== null && Number(usd_per_1k) > 0);
  if (priced.length < 2) return "";
  const shown = priced.filter(
    ({ id: arm, budget_tok }) =>
      arm === "larder" || budget_tok === null || budget_tok === preregistered.primary_budget_tok,
  );
  const points = shown.map((arm) => ({
    name: armName(arm),
    series: runArmIds.indexOf(arm.id),
    x: Number(arm.usd_per_1k),
    y: arm.quality.value,
    low: arm.quality.ci[0] ?? 0,
    high: arm.quality.ci[1] ?? 1,
  }));
  const metric = preregistered.metric.replaceAll("_", " ");
  const text = {
    id: `${id}-accuracy`,
    title: `${metric} against dollars per 1,000 queries`,
    description: `Left is cheaper, up is better; lines are 95 % intervals. ${points.length} ways to answer.`,
  };
  const yText = (value: number): string => percent(value, 0);
  const rows = shown.map((arm) => [
    armName(arm),
    dollars(arm.usd_per_1k),
    percent(arm.quality.value),
    between(arm.quality.ci, percent),
  ]);
  return [
    "<section><h3>Quality against money</h3>",
    crossPlot(text, points, { xLabel: "$ per 1,000 queries", yLabel: metric, yText }),
    `<details><summary>The figures as a table</summary>${htmlTable("Other arms at the registered budget.", ["way", "$ per 1,000", metric, "95 %"], rows)}</details>`,
    "</section>",
  ].join("\n");
}
