/** Longest wait that a provider may ask for; a broken clock must not disable it for days. */
const retryAfterMsMax = 3_600_000;

/**
 * Milliseconds to wait by `retry-after-ms` or `x-ms-retry-after-ms`, else by `retry-after` in seconds, as a duration
 * (`1m30s`, `250ms`) or as a date. A negative wait and a date that has passed are 0; anything huge is an hour.
 * `undefined` when none of them is there and readable.
 */
export function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const plain = headers.get("retry-after")?.trim() ?? "";
  const waits = [
    numberOf(headers.get("retry-after-ms")?.trim() ?? ""),
    numberOf(headers.get("x-ms-retry-after-ms")?.trim() ?? ""),
    scaled(numberOf(plain), 1_000),
    durationOf(plain),
    dateOf(plain, nowMs),
  ];
  const waitMs = waits.find((wait) => wait !== undefined);
  return waitMs === undefined ? undefined : Math.ceil(Math.min(Math.max(0, waitMs), retryAfterMsMax));
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const scaled = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor);

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    sumMs += Number(number) * (unitMs[unit ?? ""] ?? 0);
  }
  return sumMs;
}

/** The three forms of an HTTP date, and ISO 8601. Other texts are refused: `Date.parse` reads years into nearly any. */
const dates = /^(\w{3,9},? .*\d{2}:\d{2}:\d{2}.*|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*)$/;

function dateOf(text: string, nowMs: number): number | undefined {
  if (!dates.test(text)) return undefined;
  // The form of C's asctime names no zone; an HTTP date is always of Greenwich.
  const atMs = Date.parse(/^\w{3} \w{3} /.test(text) ? `${text} GMT` : text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}
