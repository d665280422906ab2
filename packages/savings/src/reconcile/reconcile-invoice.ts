import type { NanoUsd, PriceBook, Receipt } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import type { InvoiceBucket, InvoiceLine } from "./invoice-shapes.ts";
import { addLine } from "./invoice-shapes.ts";
import type { BucketOwner, FineBucket, LedgerSum, LedgerSums } from "./ledger-lines.ts";
import { addToLedger, ledgerFigure, modelKey, ownerAmong } from "./ledger-lines.ts";

/** One number as we have it and as it was billed. */
export interface Drift<T extends number | NanoUsd> {
  readonly ledger: T;
  readonly invoice: T;
  /** Signed: ledger less invoice. Below 0 the ledger missed something. */
  readonly drift: T;
  /** Of the invoice; absent where that is 0. */
  readonly ratio?: number;
}

export interface ReconciledLine {
  readonly day: string;
  /** As the invoice writes it; for what no invoice names, as the ledger does. */
  readonly model: string;
  readonly bucket: InvoiceBucket;
  readonly tokens?: Drift<number>;
  readonly cost?: Drift<NanoUsd>;
}

export interface Reconciliation {
  readonly lines: readonly ReconciledLine[];
  /** Money by model, largest drift first. */
  readonly models: readonly { readonly model: string; readonly cost: Drift<NanoUsd> }[];
  /** Absent for an export without money. */
  readonly cost?: Drift<NanoUsd>;
  /** Absent for an export without counts. */
  readonly tokens?: Drift<number>;
  /** Days and models that one side alone has. */
  readonly onlyLedger: number;
  readonly onlyInvoice: number;
  /** Calls of the ledger that may have been billed and have no known cost. */
  readonly unpricedCalls: number;
}

/**
 * An invoice beside the ledger, day by day, model by model, bucket by bucket. Nothing is netted: a line that one side
 * alone has is a drift of all of it. Days are UTC, as every export that is read has them.
 *
 * @param receipts - Of the invoice's days and of the days beside them: a call may begin before its receipt's day
 * @param provider - Only calls to it; absent: all
 */
export async function reconcileInvoice(
  invoice: readonly InvoiceLine[],
  receipts: AsyncIterable<Receipt>,
  priceBook: PriceBook,
  provider?: string,
): Promise<Reconciliation> {
  const lines = joinLines(invoice);
  const days = new Set(lines.map(({ day }) => day));
  const sums: LedgerSums = new Map();
  const isMeant = (attempt: { readonly provider: string; readonly startedAtMs: number }) =>
    days.has(new Date(attempt.startedAtMs).toISOString().slice(0, 10)) &&
    (provider === undefined || attempt.provider === provider);
  for await (const receipt of receipts) addToLedger(sums, receipt, isMeant, priceBook);

  const hasCost = lines.some(({ cost }) => cost !== undefined);
  const hasTokens = lines.some(({ tokens }) => tokens !== undefined);
  const told = toldBuckets(lines);
  const compared = lines.map((line): ReconciledLine => {
    const { day, model, bucket, tokens, cost } = line;
    const key = keyOf(line);
    const sum = sums.get(key);
    return {
      ...{ day, model, bucket },
      ...(tokens !== undefined && { tokens: driftOf(tokensIn(sum, bucket, told.tokens(key)), tokens) }),
      ...(cost !== undefined && { cost: moneyDrift(costIn(sum, bucket, told.cost(key)), cost) }),
    };
  });
  const untold = [...sums].flatMap(([key, sum]) =>
    untoldLines(key, sum, told, { tokens: hasTokens, cost: hasCost }, lines.find((line) => keyOf(line) === key)?.model),
  );
  const named = new Set(lines.map(keyOf));
  const all = [...compared, ...untold].toSorted((a, b) => compareText(a.day, b.day) || compareText(a.model, b.model));
  const sumOf = (side: "ledger" | "invoice", of: readonly ReconciledLine[]) =>
    nanoUsd(of.reduce((total, { cost }) => total + (cost?.[side] ?? 0n), 0n));
  const tokensOf = (side: "ledger" | "invoice") => all.reduce((total, { tokens }) => total + (tokens?.[side] ?? 0), 0);
  return {
    lines: all,
    models: hasCost ? byModel(all, sumOf) : [],
    ...(hasCost && { cost: moneyDrift(sumOf("ledger", all), sumOf("invoice", all)) }),
    ...(hasTokens && { tokens: driftOf(tokensOf("ledger"), tokensOf("invoice")) }),
    onlyLedger: [...sums.keys()].filter((key) => !named.has(key)).length,
    onlyInvoice: [...named].filter((key) => !sums.has(key)).length,
    unpricedCalls: [...sums.values()].reduce((total, { unpriced }) => total + unpriced, 0),
  };
}

/** Two spellings of one model, or two lines of one bucket, are one line: the ledger must not be set against each. */
function joinLines(lines: readonly InvoiceLine[]): readonly InvoiceLine[] {
  const joined = new Map<string, InvoiceLine>();
  for (const line of lines) {
    const key = [line.day, modelKey(line.model), line.bucket].join("\n");
    joined.set(key, addLine(joined.get(key), line));
  }
  return [...joined.values()];
}

const keyOf = ({ day, model }: InvoiceLine) => `${day}\n${modelKey(model)}`;

interface ToldBuckets {
  tokens(key: string): BucketOwner;
  cost(key: string): BucketOwner;
}

/** Which buckets the lines of each day and model tell of: an export may tell money and counts in different ones. */
function toldBuckets(lines: readonly InvoiceLine[]): ToldBuckets {
  const ownersBy = (isTold: (line: InvoiceLine) => boolean) => {
    const buckets = new Map<string, Set<InvoiceBucket>>();
    for (const line of lines.filter(isTold)) {
      const key = keyOf(line);
      buckets.set(key, (buckets.get(key) ?? new Set()).add(line.bucket));
    }
    return (key: string) => ownerAmong(buckets.get(key) ?? new Set());
  };
  return { tokens: ownersBy(({ tokens }) => tokens !== undefined), cost: ownersBy(({ cost }) => cost !== undefined) };
}

const tokensIn = (sum: LedgerSum | undefined, bucket: InvoiceBucket, owner: BucketOwner) =>
  ledgerFigure<number>(sum?.tokens ?? new Map(), bucket, owner, 0);
const costIn = (sum: LedgerSum | undefined, bucket: InvoiceBucket, owner: BucketOwner) =>
  nanoUsd(ledgerFigure<bigint>(sum?.cost ?? new Map(), bucket, owner, 0n));

/** What the ledger has and the invoice does not: of a day and model that it does not name all as one line. */
function untoldLines(
  key: string,
  sum: LedgerSum,
  told: ToldBuckets,
  has: { readonly tokens: boolean; readonly cost: boolean },
  invoiceModel: string | undefined,
): readonly ReconciledLine[] {
  const [day = "", ledgerModel = ""] = key.split("\n");
  const model = invoiceModel ?? ledgerModel;
  const lineOf = (bucket: InvoiceBucket, tokens: number | undefined, cost: NanoUsd | undefined): ReconciledLine => ({
    ...{ day, model, bucket },
    ...(tokens !== undefined && { tokens: driftOf(tokens, 0) }),
    ...(cost !== undefined && { cost: moneyDrift(cost, nanoUsd(0n)) }),
  });
  if (invoiceModel === undefined) {
    const all = ownerAmong(new Set(["all"]));
    return [
      lineOf("all", has.tokens ? tokensIn(sum, "all", all) : undefined, has.cost ? costIn(sum, "all", all) : undefined),
    ];
  }
  const own = (fine: FineBucket) => fine;
  return [...sum.tokens.keys()].flatMap((fine) => {
    const tokens = has.tokens && told.tokens(key)(fine) === undefined ? tokensIn(sum, fine, own) : undefined;
    const cost = has.cost && told.cost(key)(fine) === undefined ? costIn(sum, fine, own) : undefined;
    return tokens === undefined && cost === undefined ? [] : [lineOf(fine, tokens, cost)];
  });
}

function byModel(
  lines: readonly ReconciledLine[],
  sumOf: (side: "ledger" | "invoice", of: readonly ReconciledLine[]) => NanoUsd,
): Reconciliation["models"] {
  const groups = new Map<string, ReconciledLine[]>();
  for (const line of lines) {
    const key = modelKey(line.model);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const size = (value: bigint) => (value < 0n ? -value : value);
  return [...groups]
    .map(([model, of]) => ({ model, cost: moneyDrift(sumOf("ledger", of), sumOf("invoice", of)) }))
    .toSorted((a, b) => (size(a.cost.drift) > size(b.cost.drift) ? -1 : 1));
}

function driftOf(ledger: number, invoice: number): Drift<number> {
  const drift = ledger - invoice;
  return { ledger, invoice, drift, ...(invoice !== 0 && { ratio: drift / invoice }) };
}

function moneyDrift(ledger: NanoUsd, invoice: NanoUsd): Drift<NanoUsd> {
  const drift = nanoUsd(ledger - invoice);
  return { ledger, invoice, drift, ...(invoice !== 0n && { ratio: Number(drift) / Number(invoice) }) };
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
