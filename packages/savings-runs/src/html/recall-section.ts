import { htmlTable, legend, linePlot } from "@larder/report-page";
import { curveRow } from "../render-markdown.ts";
import type { SavingsReport } from "../report-schema.ts";
import { curveHead, percent, tokens } from "../report-words.ts";
import { nameOfArm, runArmIds } from "../run-arms.ts";

/** Names in an order that is the same in every plot of the page, so that an arm keeps its colour. */
const armOrder = runArmIds.map(nameOfArm);

/** Evidence recall against the token budget, with the tick of T90. */
export function recallSection({ curves, preregistered }: SavingsReport, id: string): string {
  if (curves.length === 0) return "";
  const names = curves.map(({ arm }) => nameOfArm(arm));
  const series = curves.map(({ arm, points }) => ({
    name: nameOfArm(arm),
    series: armOrder.indexOf(nameOfArm(arm)),
    points: points.map(({ b_tok: x, mean: y, ci: [low, high] }) => ({ x, y, low: low ?? y, high: high ?? y })),
  }));
  const ours = curves.find(({ arm }) => arm === "larder");
  const marks = ours?.t90_tok == null ? [] : [{ x: ours.t90_tok, label: `T90 ${tokens(ours.t90_tok)}`, series: 0 }];
  const ends = curves.map(({ arm, points }) => `${nameOfArm(arm)} ${percent(points.at(-1)?.mean ?? 0)}`).join(", ");
  const text = {
    id: `${id}-recall`,
    title: "Evidence recall against the token budget",
    description: `Curves with 95 % bands; at the greatest budget they reach: ${ends}. The table has the figures.`,
  };
  const options = {
    xLabel: "tokens of evidence allowed",
    yLabel: "evidence recall",
    yText: (value: number) => percent(value, 0),
    yRange: [0, 1] as const,
    marks,
  };
  const rows = curves.map((curve) => [...curveRow(curve), ...curve.points.map(({ mean }) => percent(mean))]);
  const head = [...curveHead, ...preregistered.budgets_tok.map((budget) => `at ${tokens(budget)}`)];
  const caption = "T90: the smallest budget that keeps 90 % recall. Skill: 0 is random, 1 is the gold itself.";
  return [
    "<section><h3>How many tokens the evidence takes</h3>",
    legend(names, armOrder),
    linePlot(text, series, options),
    htmlTable(caption, head, rows),
    "</section>",
  ].join("\n");
}
