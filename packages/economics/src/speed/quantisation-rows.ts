import { wilsonInterval } from "@larder/statistics";
import type { Basis } from "../plan/inputs.ts";

/** What is known of one local model, as far as it was observed. */
export interface LocalObservation {
  readonly model: string;
  /** In the server's words: `Q4_K_M`, `4bit`; absent where it was not told. */
  readonly quantization?: string;
  readonly tokensPerSecond: number | null;
  readonly speedBasis: Basis;
  readonly answers: number;
  readonly quality: number | null;
  /** Judged answers behind the quality. */
  readonly judged: number;
}

export interface QuantisationRow extends LocalObservation {
  /** 95 %, by Wilson; `null` where nothing was judged. */
  readonly qualityInterval: { readonly low: number; readonly high: number } | null;
  /** Another model is at least as fast and surely better, by its interval. */
  readonly beatenBy: string | null;
}

/**
 * Speed against quality, the fastest first. A model is called beaten only by one whose whole interval of quality lies
 * above its own: a few judged answers decide nothing.
 */
export function quantisationRows(observations: readonly LocalObservation[]): readonly QuantisationRow[] {
  const rows = observations.map((one) => ({
    ...one,
    qualityInterval:
      one.quality === null || one.judged < 1 ? null : wilsonInterval(one.quality * one.judged, one.judged),
  }));
  return rows
    .map((row) => ({ ...row, beatenBy: rows.find((other) => beats(other, row))?.model ?? null }))
    .toSorted((a, b) => (b.tokensPerSecond ?? -1) - (a.tokensPerSecond ?? -1));
}

type Bounded = LocalObservation & Pick<QuantisationRow, "qualityInterval">;

function beats(other: Bounded, row: Bounded): boolean {
  if (other === row || other.tokensPerSecond === null || row.tokensPerSecond === null) return false;
  if (other.qualityInterval === null || row.qualityInterval === null) return false;
  return other.tokensPerSecond >= row.tokensPerSecond && other.qualityInterval.low > row.qualityInterval.high;
}
