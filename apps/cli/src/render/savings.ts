import Table from "cli-table3";
import pc from "picocolors";
import type { SavingsBody, SavingsPartBody } from "../wire-savings.ts";
import { armWords } from "./arms.ts";
import { readableUsds } from "./money.ts";
import { count, verdictWords } from "./words.ts";

const style = { head: [], border: [], compact: true };

/** Savings over a window: the headline, the ways not taken, the groups where asked, the hold-out where there is one. */
export function renderSavings(body: SavingsBody): string {
  const head = `${count(body.answers)} answers from ${body.window.from} to ${body.window.to}`;
  return [
    pc.bold(head),
    headlineOf(body),
    armsOf(body),
    ...groupsOf(body),
    ...evidenceOf(body),
    ...holdoutOf(body),
  ].join("\n");
}

function headlineOf({ headline }: SavingsBody): string {
  const { cost_usd: cost, verdict, basis, answers, top_hundredth_share: top } = headline;
  if (cost === null)
    return `headline: ${verdictWords(verdict)}; no answer by a model can be compared (basis: ${basis})`;
  const [ours, other, saved] = readableUsds([cost.actual, cost.counterfactual, cost.saved]);
  // Of fewer than a hundred answers a hundredth is one answer, whose share says nothing.
  const share =
    top === null || answers < 100 ? "" : `; the top 1 % of the answers have ${Math.round(100 * top)} % of it`;
  return `headline: ${verdictWords(verdict)}, ${saved} on ${count(answers)} answers (${ours} against ${other}; basis: ${basis})${share}`;
}

function armsOf({ arms }: SavingsBody): string {
  const table = new Table({
    head: ["against", "answers", "ours", "theirs", "saved", "verdict", "basis"],
    style,
    colAligns: ["left", "right", "right", "right", "right", "left", "left"],
  });
  for (const { arm, generated, extractive, capability_only_answers: tooLarge } of arms) {
    const what = armWords[arm] ?? arm;
    if (generated.cost_usd !== null && generated.answers > 0) table.push([what, ...rowOf(generated)]);
    if (extractive.cost_usd !== null) table.push([`${what}; nothing was sent`, ...rowOf(extractive)]);
    if (tooLarge > 0) table.push([what, count(tooLarge), "", "", "", "capability only: does not fit the window", ""]);
  }
  return table.length === 0 ? "nothing to compare" : table.toString();
}

function rowOf({ answers, cost_usd: cost, verdict, basis }: SavingsPartBody): string[] {
  const ours = cost?.actual ?? cost?.modelled;
  return [count(answers), ...readableUsds([ours, cost?.counterfactual, cost?.saved]), verdictWords(verdict), basis];
}

function groupsOf({ group, groups }: SavingsBody): string[] {
  if (group === null) return [];
  const table = new Table({
    head: [group.replaceAll("_", " "), "answers", "compared", "ours", "theirs", "saved", "verdict", "basis"],
    style,
    colAligns: ["left", "right", "right", "right", "right", "right", "left", "left"],
  });
  for (const { key, answers, headline } of groups) table.push([key, count(answers), ...rowOf(headline)]);
  return [table.toString()];
}

function evidenceOf({ evidence_sent: evidence }: SavingsBody): string[] {
  const { answers, sent_tokens: sent, unique_tokens: unique } = evidence;
  if (answers === 0) return [];
  return [
    `evidence: ${count(sent)} tokens sent in ${count(answers)} answers, ${count(unique)} of them for the first time`,
  ];
}

function holdoutOf({ holdout }: SavingsBody): string[] {
  if (holdout === null) return [];
  const sides = (["retrieval", "stuffed"] as const).map((name) => {
    const { answers, clusters, cost_usd } = holdout[name];
    return `${name} ${count(answers)} answers on ${count(clusters)} documents for ${readableUsds([cost_usd])[0]}`;
  });
  const { status, delta, lower, margin } = holdout.quality;
  const worst = lower === null ? "unknown" : points(lower);
  const held = status === "established" ? "quality holds" : "quality is not shown to hold";
  const quality = `${held} (supported answers ${points(delta)}, at worst ${worst}, margin ${points(margin)})`;
  return [`hold-out: ${quality}; ${verdictWords(holdout.verdict)}; ${sides.join(", ")}. ${holdout.reason}`];
}

function points(difference: number): string {
  return `${(100 * difference).toFixed(1)} points`;
}
