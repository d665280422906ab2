export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Wall time of `run` for each item, one after another, after a tenth of them as warm-up. */
export async function timesOf<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<Times> {
  for (const item of items.slice(0, Math.ceil(items.length / 10))) await run(item);
  const times: number[] = [];
  for (const item of items) {
    const startMs = performance.now();
    await run(item);
    times.push(performance.now() - startMs);
  }
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
