import type { Attempt, PriceBook, Rates, Receipt, UsageBucket } from "@larder/contracts";
import { usageBuckets } from "@larder/contracts";
import type { InvoiceBucket } from "./invoice-shapes.ts";

export type FineBucket = Exclude<InvoiceBucket, "input" | "all">;

/** What of our own buckets an invoice tells as one. Images and audio are fresh input to every export that is read. */
const fineBucketOf: Readonly<Record<UsageBucket, FineBucket>> = {
  inputFresh: "input_fresh",
  inputCacheRead: "input_cache_read",
  inputCacheWrite: "input_cache_write",
  inputCacheWriteLong: "input_cache_write_long",
  inputAudio: "input_fresh",
  inputImage: "input_fresh",
  outputText: "output",
  outputReasoning: "output",
  outputAudio: "output",
};

export interface LedgerSum {
  readonly tokens: Map<FineBucket, number>;
  readonly cost: Map<FineBucket, bigint>;
  attempts: number;
  /** Calls that may have been billed and whose cost is not known. */
  unpriced: number;
}

/** Sums by day and model, `day\nmodel`, as the ledger has them. */
export type LedgerSums = Map<string, LedgerSum>;

/**
 * Adds the calls of a receipt. A call's cost is divided among its buckets by its list rates below any line, the rest of
 * the division going to its last bucket, so that the buckets sum to the cost.
 */
export function addToLedger(
  sums: LedgerSums,
  receipt: Receipt,
  isMeant: (attempt: Attempt) => boolean,
  book: PriceBook,
) {
  for (const attempt of receipt.route.attempts) {
    if (attempt.billed === "no" || !isMeant(attempt)) continue;
    const key = `${dayOf(attempt)}\n${modelKey(attempt.model)}`;
    const sum = sums.get(key) ?? { tokens: new Map(), cost: new Map(), attempts: 0, unpriced: 0 };
    sums.set(key, sum);
    sum.attempts += 1;
    if (attempt.usage === undefined || attempt.cost === undefined) sum.unpriced += 1;
    if (attempt.usage === undefined) continue;
    const { tokens } = attempt.usage;
    const used = usageBuckets.filter((bucket) => tokens[bucket] > 0);
    for (const bucket of used) addTo(sum.tokens, fineBucketOf[bucket], tokens[bucket], 0);
    if (attempt.cost === undefined) continue;
    const weights = weightsOf(used, attempt, book.find(attempt.provider, attempt.model)?.rates);
    const whole = weights.reduce((total, weight) => total + weight, 0n);
    let left: bigint = attempt.cost;
    for (const [index, bucket] of used.entries()) {
      const isLast = index === used.length - 1;
      const part = isLast ? left : whole === 0n ? 0n : (attempt.cost * (weights[index] ?? 0n)) / whole;
      left -= part;
      addTo(sum.cost, fineBucketOf[bucket], part, 0n);
    }
  }
}

/** The bucket of an invoice that one of ours stands in; `undefined` when no line tells of it. */
export type BucketOwner = (fine: FineBucket) => InvoiceBucket | undefined;

/**
 * Each of our buckets belongs to one line of a day and model, the finest that there is, so that nothing is counted twice
 * where an export tells some tokens finely and the rest as one.
 *
 * @param buckets - Of the invoice's lines of that day and model.
 */
export function ownerAmong(buckets: ReadonlySet<InvoiceBucket>): BucketOwner {
  return (fine) => {
    if (buckets.has(fine)) return fine;
    if (fine !== "output" && buckets.has("input")) return "input";
    return buckets.has("all") ? "all" : undefined;
  };
}

/** What of our sums belongs to a line of the invoice. */
export function ledgerFigure<T extends number | bigint>(
  parts: ReadonlyMap<FineBucket, T>,
  bucket: InvoiceBucket,
  ownerOf: BucketOwner,
  zero: T,
): T {
  let sum = zero;
  for (const [fine, value] of parts) if (ownerOf(fine) === bucket) sum = plus(sum, value);
  return sum;
}

/**
 * One name for what providers write in several ways: `Claude Haiku 4.5`, `anthropic/claude-haiku-4-5-20251001` and
 * `claude-haiku-4.5` are one; a snapshot's date, a provider's prefix and a variant such as `:free` are left out.
 */
export function modelKey(name: string): string {
  const plain = name.trim().toLowerCase().split("/").at(-1) ?? "";
  return plain
    .replace(/:.*$/, "")
    .replace(/[\s._]+/g, "-")
    .replace(/-(?:\d{4}-\d{2}-\d{2}|20\d{6})$/, "");
}

const dayOf = ({ startedAtMs }: Attempt) => new Date(startedAtMs).toISOString().slice(0, 10);

function weightsOf(
  used: readonly UsageBucket[],
  { usage }: Attempt,
  rates: Rates | null | undefined,
): readonly bigint[] {
  return used.map((bucket) => {
    const tokens = BigInt(usage?.tokens[bucket] ?? 0);
    if (rates === null || rates === undefined) return tokens;
    const fallback = bucket.startsWith("output") ? rates.outputText : rates.inputFresh;
    return tokens * (rates[bucket] ?? fallback);
  });
}

function addTo<T extends number | bigint>(sums: Map<FineBucket, T>, bucket: FineBucket, value: T, zero: T): void {
  sums.set(bucket, plus(sums.get(bucket) ?? zero, value));
}

/** Both numbers or both bigints: + is the same. */
function plus<T extends number | bigint>(a: T, b: T): T {
  return ((a as number) + (b as number)) as T;
}
