import type { SavingVerdict } from "@larder/contracts";
import type { NonInferiority, SavedShare } from "@larder/statistics";

export interface VerdictInputs {
  readonly isComplete: boolean;
  readonly nonInferiority: NonInferiority;
  readonly margin: number;
  /** Of money, or of tokens where nothing has a price. */
  readonly saved: SavedShare;
  /** Spread of the comparator's own runs as a share of their mean; absent with a single run. */
  readonly runToRun?: number;
}

export interface Decision {
  readonly verdict: SavingVerdict;
  readonly because: string;
}

/** Arms that are given the same budget differ by a few tokens a question; that is neither a saving nor a loss. */
const effectMin = 0.005;

/**
 * What may be claimed. A loss needs no gate: it is a loss at any quality. A saving needs one: the answers must be at
 * worst a margin below the other's, surely, before any of it counts.
 */
export function decideVerdict({ isComplete, nonInferiority, margin, saved, runToRun }: VerdictInputs): Decision {
  if (!isComplete) return { verdict: "not_established", because: "The run is not finished." };
  if (saved.share !== 0 && !Number.isFinite(saved.sureLow) && saved.sureHigh === Number.POSITIVE_INFINITY) {
    const because = "The questions are about one document alone, so nothing tells how far the saving may be off.";
    return { verdict: "not_established", because };
  }
  if (saved.sureLow <= 0 && saved.sureHigh >= 0) {
    return {
      verdict: "no_measurable_effect",
      because: `The saving may be none: surely, it is between ${percent(saved.sureLow)} and ${percent(saved.sureHigh)}.`,
    };
  }
  if (Math.abs(saved.share) < effectMin) {
    return { verdict: "no_measurable_effect", because: `${percent(saved.share)} is less than anybody would notice.` };
  }
  if (runToRun !== undefined && Math.abs(saved.share) <= runToRun) {
    const because = `${percent(saved.share)} lies within what the same arm differs from run to run (${percent(runToRun)}).`;
    return { verdict: "no_measurable_effect", because };
  }
  if (saved.sureHigh < 0) return { verdict: "costs_more", because: `It takes ${percent(-saved.share)} more.` };
  const { lower, delta } = nonInferiority;
  if (!nonInferiority.isEstablished) {
    const because = `Quality differs by ${points(delta)}, and may be as low as ${points(lower)}: more than the margin of ${points(margin)} allows.`;
    return { verdict: "not_established", because };
  }
  const because = `Quality is at worst ${points(lower)}, within the margin of ${points(margin)}; the saving is ${range(saved)}.`;
  return { verdict: "saves", because };
}

function range({ low, high }: SavedShare): string {
  return `${percent(low)} to ${percent(high)}`;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "unknown";
}

function points(difference: number): string {
  return Number.isFinite(difference) ? `${(100 * difference).toFixed(1)} points` : "unknown";
}
