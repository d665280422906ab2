import { parseUsdPerMTok, parseUsdPerToken } from "@larder/contracts";

/** Names of rates as the catalog writes them. */
export const rateNames = [
  "input",
  "input_cache_read",
  "input_cache_write",
  "input_cache_write_long",
  "input_audio",
  "input_image",
  "output",
  "output_reasoning",
  "output_audio",
] as const;
export type RateName = (typeof rateNames)[number];

/** Nano-dollars per million tokens; what a source leaves out is absent. */
export type SourceRates = Partial<Readonly<Record<RateName, bigint>>>;

export interface SourceTier {
  readonly inputTokens: number;
  readonly rates: SourceRates;
}
export interface SourceCard {
  readonly rates: SourceRates;
  readonly tiers: readonly SourceTier[];
}

export const laneNames = ["batch", "flex", "priority"] as const;
export type LaneName = (typeof laneNames)[number];

/** What one source says of one model. */
export interface SourceFacts extends SourceCard {
  readonly lanes?: Partial<Readonly<Record<LaneName, SourceCard>>>;
  /** Decimal text by region. */
  readonly regionMultipliers?: Readonly<Record<string, string>>;
  readonly offPeak?: OffPeakFacts;
  /** Decimal dollars. */
  readonly searchFee?: string;
  readonly requestFee?: string;
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly prefixTokensMin?: number;
  readonly capabilities: readonly string[];
  readonly quality?: number;
  readonly retiresOn?: string;
}

export interface OffPeakFacts {
  readonly windows: readonly { readonly from: string; readonly to: string; readonly weekdays?: readonly number[] }[];
  readonly rates: SourceRates;
}

export type Row = Readonly<Record<string, unknown>>;
export const asRow = (value: unknown): Row => (typeof value === "object" && value !== null ? (value as Row) : {});
export const asRows = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.map(asRow) : []);
export const wholeNumber = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
export const isoDate = (value: unknown) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : undefined;

/** Negative rates stand for routers whose price varies: no price at all. */
const known = (rate: bigint | undefined) => (rate === undefined || rate < 0n ? undefined : rate);
const textOf = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);
export function perToken(value: unknown): bigint | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : known(parseUsdPerToken(text));
}
export function perMTok(value: unknown): bigint | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : known(parseUsdPerMTok(text));
}
/** A rate of exactly 0 besides input and output means in these lists that the source has none. */
export const notZero = (rate: bigint | undefined) => (rate === 0n ? undefined : rate);
/** Decimal dollars without float dust; absent for 0. */
export function feeText(value: unknown): string | undefined {
  const amount = typeof value === "string" ? Number(value) : value;
  if (typeof amount !== "number" || !(amount > 0)) return undefined;
  return amount.toFixed(9).replace(/\.?0+$/, "");
}

export function defined<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never;
}
