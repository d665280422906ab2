import type { ModelEntry } from "@larder/contracts";
import { sum, toUsd } from "./compare-arms.ts";
import type { Figures, Pricing } from "./figures.ts";
import { paired } from "./figures.ts";
import type { SavingsReport } from "./report-schema.ts";

/**
 * The same tokens at the model's batch lane, on both sides: who can wait must not compare Larder in a batch with a corpus
 * pasted at once, nor the other way round. Modelled, since nothing was sent there.
 */
export function batchLaneOf(
  ours: Figures | undefined,
  others: readonly Figures[],
  pricing: Pricing | undefined,
  entry: ModelEntry | undefined,
): NonNullable<SavingsReport["batch_lane"]> {
  const without = (reason: string) => ({ feasible: false, reason, basis: "modelled_local" as const, rows: [] });
  if (pricing === undefined || entry === undefined) return without("No model with a price is named.");
  const name = `${entry.provider}/${entry.model}`;
  if (entry.cards?.batch === undefined) return without(`The price book knows no batch lane of ${name}.`);
  if (ours === undefined) return without("Larder was not measured.");
  const rows = [ours, ...others].map((figures) => {
    const [mine, theirs] = paired(ours, figures);
    const [ourCosts, costs] = [costsOf(mine, pricing), costsOf(theirs, pricing)];
    const total = costs === undefined ? undefined : sum(costs);
    const isPriced = costs !== undefined && costs.length > 0 && total !== undefined;
    return {
      arm: figures.arm,
      budget_tok: figures.budget,
      usd_per_1k: isPriced ? toUsd((1_000 * total) / costs.length) : null,
      saved_ratio: isPriced && total > 0 && ourCosts !== undefined ? 1 - sum(ourCosts) / total : null,
    };
  });
  return { feasible: true, reason: null, basis: "modelled_local", rows };
}

/** Nano-dollars of each observation; `undefined` when one has no price. */
function costsOf({ observations }: Figures, { priceBook, provider, model }: Pricing): readonly number[] | undefined {
  const costs = observations.flatMap(({ tokens }) => {
    const priced = priceBook.price(provider, model, tokens, { lane: "batch" });
    return priced.kind === "priced" ? [Number(priced.cost)] : [];
  });
  return costs.length === observations.length ? costs : undefined;
}
