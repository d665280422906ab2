import { quantile } from "@larder/statistics";

/** How long searches took where the vectors are, without the way there and back. Milliseconds. */
export interface SearchTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Searches that these are of, the last ones. */
  readonly count: number;
}

const keptMax = 4_096;

/** The last few thousand times. Cost: one number written for each search; sorting them, some 2 ms, for who asks. */
export class RecentTimes {
  readonly #kept = new Float32Array(keptMax);
  #total = 0;

  note(ms: number): void {
    this.#kept[this.#total % keptMax] = ms;
    this.#total += 1;
  }

  /** `undefined` before the first search. */
  summary(): SearchTimes | undefined {
    const count = Math.min(this.#total, keptMax);
    if (count === 0) return undefined;
    const times = [...this.#kept.subarray(0, count)];
    return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), count };
  }
}
