import type { Receipt } from "@larder/contracts";
import { inputTokensOf } from "@larder/contracts";
import { bootstrapRatio } from "@larder/statistics";

/** Our own counts of one model's prompts beside the billed ones. */
export interface CountCalibration {
  /** `provider/model`. */
  readonly model: string;
  /** `all`, or one kind of evidence. */
  readonly contentClass: string;
  readonly prompts: number;
  readonly countedTokens: number;
  readonly billedTokens: number;
  /** Billed over counted, sum over sum, with its 95 % interval over prompts. */
  readonly alpha: { readonly mean: number; readonly low: number; readonly high: number };
  /** Mean of |counted × alpha − billed| / billed: what is left of the error once the ratio is known. */
  readonly meanAbsoluteError: number;
  /** The same without alpha. */
  readonly uncalibratedError: number;
}

interface Pair {
  readonly counted: number;
  readonly billed: number;
}

/** Prompts of each model and kind that are kept; the newest of more. Bounds memory, not precision. */
const pairsMax = 5_000;

/**
 * How far our token counts are from what providers bill, by model and by kind of evidence. Only the counts of providers
 * teach, and only of prompts that we counted. Models by name, `all` before the kinds.
 */
export async function calibrateCounts(receipts: AsyncIterable<Receipt>): Promise<readonly CountCalibration[]> {
  const pairs = new Map<string, Pair[]>();
  const keep = (key: string, pair: Pair) => {
    const known = pairs.get(key) ?? [];
    known.push(pair);
    if (known.length > pairsMax) known.shift();
    pairs.set(key, known);
  };
  for await (const { route, contentClass } of receipts) {
    const counted = route.inputs?.shape.inputTokens;
    if (counted === undefined || counted < 1) continue;
    for (const { provider, model, outcome, usage } of route.attempts) {
      if (outcome !== "answered" || usage?.source !== "provider") continue;
      const pair = { counted, billed: inputTokensOf(usage.tokens) };
      if (pair.billed < 1) continue;
      keep(`${provider}/${model}\n`, pair);
      if (contentClass !== undefined) keep(`${provider}/${model}\n${contentClass}`, pair);
    }
  }
  return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, of]) => calibrationOf(key, of));
}

function calibrationOf(key: string, pairs: readonly Pair[]): CountCalibration {
  const [model = "", contentClass] = key.split("\n");
  const alpha = bootstrapRatio(pairs.map(({ counted, billed }) => ({ numerator: billed, denominator: counted })));
  const error = (ratio: number) =>
    pairs.reduce((sum, { counted, billed }) => sum + Math.abs(counted * ratio - billed) / billed, 0) / pairs.length;
  return {
    model,
    contentClass: contentClass === undefined || contentClass === "" ? "all" : contentClass,
    prompts: pairs.length,
    countedTokens: pairs.reduce((sum, { counted }) => sum + counted, 0),
    billedTokens: pairs.reduce((sum, { billed }) => sum + billed, 0),
    alpha,
    meanAbsoluteError: error(alpha.mean),
    uncalibratedError: error(1),
  };
}
