export const print = (what: string, figure: string): void =>
  void process.stdout.write(`${what.padEnd(44)} ${figure}\n`);

/** Of one search each, after some to warm up. */
export async function percentiles(
  queries: readonly Float32Array[],
  search: (query: Float32Array) => unknown,
): Promise<string> {
  for (const query of queries.slice(0, 30)) await search(query);
  const times: number[] = [];
  for (const query of queries) {
    const startMs = performance.now();
    await search(query);
    times.push(performance.now() - startMs);
  }
  return describeTimes(times);
}

export function describeTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
