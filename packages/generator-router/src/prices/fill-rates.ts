import type { RateCard, Rates, UsageBucket } from "@larder/contracts";

type AudioBucket = "inputAudio" | "outputAudio";
/** One rate for each bucket, with what a source left out filled in; audio stays unknown where nobody tells it. */
export type FullRates = Readonly<
  Record<Exclude<UsageBucket, AudioBucket>, bigint> & Record<AudioBucket, bigint | undefined>
>;

/** Every rate of a total input that passed `inputTokens`. */
export interface FullLine {
  readonly inputTokens: number;
  readonly isInclusive: boolean;
  readonly rates: FullRates;
}

/**
 * What a missing rate costs, by bucket: a read, a write and an image fresh input, a long write what a short one costs,
 * reasoning output text. None of them is ever free; a stated 0 stays 0.
 */
function fillRates(rates: Rates): FullRates {
  const { inputFresh, outputText } = rates;
  const inputCacheWrite = rates.inputCacheWrite ?? inputFresh;
  return {
    inputFresh,
    inputCacheRead: rates.inputCacheRead ?? inputFresh,
    inputCacheWrite,
    inputCacheWriteLong: rates.inputCacheWriteLong ?? inputCacheWrite,
    inputAudio: rates.inputAudio,
    inputImage: rates.inputImage ?? inputFresh,
    outputText,
    outputReasoning: rates.outputReasoning ?? outputText,
    outputAudio: rates.outputAudio,
  };
}

/**
 * The lines of the standard card, the highest first, the base (from 0 on) last. In a tier, what is missing on the input
 * side costs the tier's fresh input; reasoning and audio do not get cheaper than the base has them.
 */
export function standardLines({ rates, tiers }: RateCard): readonly FullLine[] {
  const base = fillRates(rates);
  const above = tiers.map((tier) => ({
    ...tier,
    rates: fillRates({
      ...tier.rates,
      ...optional(
        "outputReasoning",
        tier.rates.outputReasoning ?? dearer(rates.outputReasoning, tier.rates.outputText),
      ),
      ...optional("inputAudio", tier.rates.inputAudio ?? dearer(rates.inputAudio, tier.rates.inputFresh)),
      ...optional("outputAudio", tier.rates.outputAudio ?? rates.outputAudio),
    }),
  }));
  return [...above.toSorted(highestFirst), { inputTokens: 0, isInclusive: true, rates: base }];
}

/**
 * The lines of another lane's card beside the standard ones. A rate that the card leaves out is the standard one at that
 * line. A line that only the standard card has costs, bucket by bucket, the dearer of that line and the card's base.
 */
export function laneLines(card: RateCard, standard: readonly FullLine[]): readonly FullLine[] {
  const standardAt = (line: Pick<FullLine, "inputTokens" | "isInclusive">) =>
    (standard.find((each) => reaches(line, each)) ?? standard.at(-1))?.rates;
  const fill = (rates: Rates, line: Pick<FullLine, "inputTokens" | "isInclusive">) => over(rates, standardAt(line));
  const base = { inputTokens: 0, isInclusive: true, rates: fill(card.rates, { inputTokens: 0, isInclusive: true }) };
  const own = card.tiers.map((tier) => ({ ...tier, rates: fill(tier.rates, tier) })).toSorted(highestFirst);
  const isOwn = (line: FullLine) => own.some((each) => reaches(each, line) && reaches(line, each));
  const lent = standard
    .filter((line) => line.inputTokens > 0 && !isOwn(line))
    .map((line) => ({ ...line, rates: dearest((own.find((each) => reaches(line, each)) ?? base).rates, line.rates) }));
  return [...[...own, ...lent].toSorted(highestFirst), base];
}

/** Rates that stand in the place of a line's, bucket by bucket; what they leave out stays. */
export function overlay(rates: Partial<Rates>, line: FullLine): FullLine {
  const stated = Object.entries(rates).filter(([, rate]) => rate !== undefined);
  const follows = rates.outputText !== undefined && rates.outputReasoning === undefined;
  // Reasoning that costs what text costs goes on doing so.
  const isTextRate = follows && line.rates.outputReasoning === line.rates.outputText;
  return {
    ...line,
    rates: { ...line.rates, ...Object.fromEntries(stated), ...(isTextRate && { outputReasoning: rates.outputText }) },
  };
}

function over(rates: Rates, standard: FullRates | undefined): FullRates {
  if (standard === undefined) return fillRates(rates);
  const own = fillRates(rates);
  const isTextRate = standard.outputReasoning === standard.outputText;
  return {
    inputFresh: own.inputFresh,
    inputCacheRead: rates.inputCacheRead ?? least(standard.inputCacheRead, standard, own),
    inputCacheWrite: rates.inputCacheWrite ?? least(standard.inputCacheWrite, standard, own),
    inputCacheWriteLong: rates.inputCacheWriteLong ?? least(standard.inputCacheWriteLong, standard, own),
    inputAudio: rates.inputAudio ?? standard.inputAudio,
    inputImage: rates.inputImage ?? least(standard.inputImage, standard, own),
    outputText: own.outputText,
    outputReasoning: rates.outputReasoning ?? (isTextRate ? own.outputText : standard.outputReasoning),
    outputAudio: rates.outputAudio ?? standard.outputAudio,
  };
}

/** A standard rate that is only fresh input's own is no rate to fall back to: the card's fresh input is. */
function least(rate: bigint, standard: FullRates, own: FullRates): bigint {
  return rate === standard.inputFresh ? own.inputFresh : rate;
}

function dearest(a: FullRates, b: FullRates): FullRates {
  const most = (x: bigint | undefined, y: bigint | undefined) =>
    y === undefined || (x !== undefined && x > y) ? x : y;
  return Object.fromEntries(
    Object.entries(a).map(([bucket, rate]) => [bucket, most(rate, b[bucket as UsageBucket])]),
  ) as unknown as FullRates;
}

const dearer = <T extends bigint>(a: T | undefined, b: T): T | undefined => (a === undefined || a > b ? a : b);
const optional = <K extends keyof Rates>(name: K, rate: Rates[K]) =>
  rate === undefined ? {} : ({ [name]: rate } as Pick<Rates, K>);

const highestFirst = (a: Pick<FullLine, "inputTokens" | "isInclusive">, b: typeof a) =>
  b.inputTokens - a.inputTokens || Number(a.isInclusive) - Number(b.isInclusive);

/** A total input that passed `line` has passed `other` too. */
function reaches(line: Pick<FullLine, "inputTokens" | "isInclusive">, other: typeof line): boolean {
  if (line.inputTokens !== other.inputTokens) return line.inputTokens > other.inputTokens;
  return other.isInclusive || !line.isInclusive;
}
