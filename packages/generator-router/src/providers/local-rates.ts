import type { NanoUsd, NanoUsdPerMTok, Rates } from "@larder/contracts";
import { zeroRates } from "./model-form.ts";

/** What running a model here takes. Without it a local model costs exactly nothing. */
export interface LocalCosts {
  /** Electricity and the machine's share together, for an hour of work. */
  readonly usdPerHour: NanoUsd;
  /** Tokens read in a second, and written. */
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
}

const tokensPerMTok = 1_000_000;
const secondsPerHour = 3_600;

/**
 * Rates of a machine that is paid by the hour, rounded up.
 * @example $0.36 an hour at 100 written tokens a second is $1.00 for a million of them.
 */
export function localRates(costs: LocalCosts | undefined): Rates {
  if (costs === undefined) return zeroRates;
  const rate = (tokensPerSecond: number) => {
    const seconds = Math.ceil(tokensPerMTok / tokensPerSecond);
    return ((costs.usdPerHour * BigInt(seconds) + BigInt(secondsPerHour - 1)) /
      BigInt(secondsPerHour)) as NanoUsdPerMTok;
  };
  return { ...zeroRates, inputFresh: rate(costs.inputTokensPerSecond), outputText: rate(costs.outputTokensPerSecond) };
}
