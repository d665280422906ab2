import Table from "cli-table3";
import pc from "picocolors";
import type { CandidateBody } from "../wire.ts";
import { readableUsd } from "./money.ts";
import { count } from "./words.ts";

const outMax = 25; // rows of models that are out; --json has all

/** Models that may be asked, in the order in which they would be, then those that are out with the reasons. */
export function renderCandidates(candidates: readonly CandidateBody[]): string {
  const eligible = candidates.filter((candidate) => candidate.eligible);
  const out = candidates.filter((candidate) => !candidate.eligible);
  const hasBasis = eligible.length > 0; // only who may be asked has one
  const table = new Table({
    head: ["model", "expected cost", ...(hasBasis ? ["in", "out", "cached", "quality"] : []), "why"],
    style: { head: [], border: [], compact: true },
  });
  for (const { provider, model, expected_cost_usd, reasons, ...candidate } of [...eligible, ...out.slice(0, outMax)]) {
    const name = `${provider}/${model}`;
    const shown = candidate.eligible ? pc.green(name) : pc.dim(name);
    const { expected, quality } = candidate;
    const basis =
      expected === null
        ? ["", "", ""]
        : [
            count(expected.input_tokens),
            count(expected.output_tokens + expected.reasoning_tokens),
            `${Math.round(100 * expected.hit_probability)} %`,
          ];
    const bound = quality === null ? "" : `>= ${quality.lower_bound.toFixed(2)}`;
    table.push([shown, readableUsd(expected_cost_usd), ...(hasBasis ? [...basis, bound] : []), reasons.join(" ")]);
  }
  const notes = [
    eligible.length === 0
      ? "no model may be asked; those that are out stand by what they would cost"
      : "in the order in which they would be asked, cheapest first; then those that are out, by what they would cost",
  ];
  if (out.length > outMax) notes.push(`and ${count(out.length - outMax)} more that are out; --json lists them`);
  return [table.toString(), ...notes.map((note) => pc.dim(note))].join("\n");
}
