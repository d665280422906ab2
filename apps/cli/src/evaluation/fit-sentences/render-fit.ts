import Table from "cli-table3";
import type { ChoiceOnSet, SentenceFit } from "./fit-sets.ts";
import { featureNames } from "./judge-set.ts";

/** The choices of weights, what each finds, and how far its shares can be believed. */
export function renderFit({ questions, choices, onSets }: SentenceFit): string {
  const asked = Object.entries(questions).map(([set, count]) => `${set} ${count}`);
  const weights = newTable(["weights", ...featureNames, "sharpness"]);
  for (const { name, weights: by, sharpness } of choices) {
    weights.push([name, ...featureNames.map((feature) => (by[feature] ?? 0).toFixed(3)), sharpness.toFixed(1)]);
  }
  return [`questions: ${asked.join(", ")}`, weights.toString(), findings(onSets), calibrations(onSets)].join("\n");
}

function findings(onSets: readonly ChoiceOnSet[]): string {
  const table = newTable(["set", "weights", "area", "less the present (95 %)", "p", "T80", "T90"]);
  for (const { set, choice, area, gain, t80, t90 } of onSets) {
    const change = `${signed(gain.mean)} (${signed(gain.low)} to ${signed(gain.high)})`;
    const isSame = choice === "present";
    table.push([
      ...[set, choice, area.toFixed(4)],
      ...(isSame ? ["", ""] : [change, gain.p.toFixed(3)]),
      ...[t80, t90].map((tokens) => tokens?.toFixed(0) ?? "> 16k"),
    ]);
  }
  return table.toString();
}

function calibrations(onSets: readonly ChoiceOnSet[]): string {
  const levels = onSets[0]?.calibration.map(({ predicted }) => `predicted ${predicted}: recall, tokens`) ?? [];
  const table = newTable(["set", "weights", ...levels]);
  for (const { set, choice, calibration } of onSets) {
    table.push([set, choice, ...calibration.map(({ recall, tokens }) => `${recall.toFixed(3)}, ${tokens.toFixed(0)}`)]);
  }
  return table.toString();
}

function newTable(head: readonly string[]) {
  return new Table({ head: [...head], style: { head: [], border: [], compact: true } });
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${value.toFixed(4)}`;
}
