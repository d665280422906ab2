/** Longest wait that a provider may ask for; a broken clock must not disable it for days. */
const retryAfterMsMax = 3_600_000;

/**
 * Milliseconds to wait by `retry-after-ms`, or by `retry-after` in seconds or as an HTTP date.
 * `undefined` when neither is there and readable.
 */
export function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const waits = [
    numberOf(headers.get("retry-after-ms")),
    scale(numberOf(headers.get("retry-after")), 1_000),
    dateOf(headers.get("retry-after"), nowMs),
  ];
  const waitMs = waits.find((wait) => wait !== undefined);
  return waitMs === undefined ? undefined : Math.ceil(Math.min(waitMs, retryAfterMsMax));
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

const scale = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor);

function dateOf(text: string | null, nowMs: number): number | undefined {
  const atMs = Date.parse(text ?? "");
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
