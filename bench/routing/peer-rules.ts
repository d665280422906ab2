import type { ModelEntry } from "@larder/contracts";
import type { Priced } from "./exhaustive.ts";

/** What a peer ranks models by; the first of equals is picked. */
export type PeerRule = (entry: ModelEntry) => bigint;

/** As read in their sources: one adds the two unit prices, the other looks at the input price alone. */
export const peerRules: Readonly<Record<string, PeerRule>> = {
  "input + output unit price": ({ rates }) => (rates?.inputFresh ?? 0n) + (rates?.outputText ?? 0n),
  "input unit price": ({ rates }) => rates?.inputFresh ?? 0n,
};

/** Shares and sums over many requests. */
export class Overspend {
  requests = 0;
  wrong = 0;
  most = 1;
  #sum = 0;

  add(pick: bigint, cheapest: bigint): void {
    this.requests++;
    if (pick === cheapest) return;
    this.wrong++;
    const times = cheapest === 0n ? Number.POSITIVE_INFINITY : Number(pick) / Number(cheapest);
    this.#sum += times - 1;
    this.most = Math.max(this.most, times);
  }

  toString(): string {
    const share = (100 * this.wrong) / this.requests;
    const mean = (100 * this.#sum) / this.requests;
    return `wrong ${share.toFixed(1)} %, mean overspend ${mean.toFixed(1)} %, at most ${this.most.toFixed(1)} times`;
  }
}

export function pickBy(rule: PeerRule, eligible: readonly Priced[]): Priced | undefined {
  let best: { readonly priced: Priced; readonly key: bigint } | undefined;
  for (const priced of eligible) {
    const key = rule(priced.entry);
    if (best === undefined || key < best.key) best = { priced, key };
  }
  return best?.priced;
}

export function cheapestOf(eligible: readonly Priced[]): bigint | undefined {
  let least: bigint | undefined;
  for (const { cost } of eligible) if (least === undefined || cost < least) least = cost;
  return least;
}
