import type { ModelEntry, Refusal, RequestShape } from "@larder/contracts";
import type { Pause } from "./circuit-breaker.ts";
import type { PrefixHabit } from "./expected-tokens.ts";
import { tokensFor } from "./expected-tokens.ts";
import type { ModelRow } from "./model-rows.ts";
import { rowsOf } from "./model-rows.ts";
import type { QuoteSources, QuoteTime } from "./quote-sources.ts";
import { termsFor } from "./quote-sources.ts";
import type { ModelState } from "./refuse-model.ts";
import { firstCodeOf, refusalContext, refusalMask, refusalsOf } from "./refuse-model.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** One pass over every model of a price book, and what of it is needed to tell the rest later. */
export interface ModelScan {
  readonly shape: RequestShape;
  readonly resolved: ResolvedPolicy;
  readonly sources: QuoteSources;
  readonly time: QuoteTime;
  /** Index of the cheapest eligible model; `undefined` when none is eligible. */
  readonly best: number | undefined;
  /** Indexes of all models, the eligible ones first, cheapest first. Sorts at each call. */
  order(): readonly number[];
  /** How many models are out, by the code of the first reason. */
  outCounts(): ReadonlyMap<Refusal["code"], number>;
  isEligible(index: number): boolean;
  at(index: number): {
    readonly row: ModelRow;
    readonly ratio: number;
    readonly habit: PrefixHabit;
    readonly refusals: readonly Refusal[];
  };
}

/**
 * Costs and refusals of every model, as numbers. Costs are doubles: exact below nine million dollars, and where they are
 * equal beyond it the models' names decide.
 */
export function scanModels(
  shape: RequestShape,
  resolved: ResolvedPolicy,
  sources: QuoteSources,
  time: QuoteTime,
): ModelScan {
  const { rows, names } = rowsOf(sources.priceBook);
  const count = rows.length;
  const context = refusalContext(resolved, sources.isOffline, time.today, names);
  const hasCostMax = resolved.policy.costMax !== undefined;
  const costs = new Float64Array(count);
  const masks = new Uint16Array(count);
  const ratios = new Float64Array(count);
  const hits = new Float64Array(count);
  const pauses: (Pause | undefined)[] = [];
  const state: ModelState = {
    row: rows[0] as ModelRow, // set anew for each model below; without a model nothing reads it
    isConfigured: false,
    pause: undefined,
    inputTokens: 0,
    outputTokensMax: shape.outputTokensMax,
    isPriced: false,
    worstCost: 0,
  };
  const hasRegions = resolved.policy.regions !== undefined;
  let connectedTo: string | undefined;
  let connection: ReturnType<QuoteSources["providers"]["get"]>;
  let best: number | undefined;
  for (let index = 0; index < count; index++) {
    const row = rows[index] as ModelRow;
    const { provider, model, cache } = row.entry;
    if (provider !== connectedTo) {
      connection = sources.providers.get(provider);
      connectedTo = provider;
    }
    const cachesPrompts = connection?.cachesPrompts ?? true;
    const ratio = sources.tokenRatio(row.entry);
    const input = Math.ceil(shape.inputTokens * ratio);
    const prefix = Math.min(Math.ceil(shape.stablePrefixTokens * ratio), input);
    const isCached = cachesPrompts && cache !== null && prefix >= cache.prefixTokensMin;
    const hit = isCached ? sources.traffic.hitProbability(provider, model, cache.ttlMs, time.monotonicMs) : 0;
    const read = isCached ? Math.floor(prefix * hit) : 0;
    const write = isCached && row.billsWrites ? prefix - read : 0;
    const output = Math.ceil(shape.outputTokensExpected * ratio);
    const outputMax = Math.max(output, shape.outputTokensMax);
    const quick = hasRegions && row.isRegional ? undefined : row.quick;
    const canBeQuick = quick !== undefined && areCounts(input, output, outputMax);
    let cost = canBeQuick ? quick.cost(input - read - write, read, write, output, 0) : Number.NaN;
    if (Number.isNaN(cost)) cost = exactCosts(index, ratio, hit).expected;
    state.row = row;
    state.isConfigured = connection?.isConfigured ?? false;
    state.pause = sources.breaker.pauseOf(provider, model, time.monotonicMs);
    state.inputTokens = input;
    state.isPriced = !Number.isNaN(cost);
    ratios[index] = ratio;
    hits[index] = hit;
    state.worstCost = hasCostMax && state.isPriced ? worstCost(index, input, outputMax, cachesPrompts) : 0;
    costs[index] = state.isPriced ? cost : Number.POSITIVE_INFINITY;
    masks[index] = refusalMask(state, context);
    if (state.pause !== undefined) pauses[index] = state.pause;
    if (masks[index] === 0 && (best === undefined || isBefore(index, best))) best = index;
  }

  /** The price book's own answer, for what the quick way cannot say: regions, hours, sums beyond 2⁵³, no price. */
  function exactCosts(
    index: number,
    ratio: number,
    hitProbability: number,
  ): { expected: number; worst: number | bigint } {
    const { entry } = rows[index] as ModelRow;
    const cachesPrompts = sources.providers.get(entry.provider)?.cachesPrompts ?? true;
    const tokens = tokensFor(entry, shape, ratio, { hitProbability, cachesPrompts });
    const terms = termsFor(entry, resolved, time);
    const [expected, worst] = [tokens.expected, tokens.worst].map((used) =>
      sources.priceBook.price(entry.provider, entry.model, used, terms),
    );
    if (expected?.kind !== "priced" || worst?.kind !== "priced") return { expected: Number.NaN, worst: Number.NaN };
    return { expected: Number(expected.cost), worst: worst.cost };
  }

  /** At most: nothing is read, all of it is written where that is dearer, the output is as long as may be. */
  function worstCost(index: number, input: number, outputMax: number, cachesPrompts: boolean): number | bigint {
    const row = rows[index] as ModelRow;
    const write = row.isWriteDearer && cachesPrompts ? input : 0;
    const reasoning = row.isReasoningDearer ? outputMax : 0;
    const quick = hasRegions && row.isRegional ? undefined : row.quick;
    const cost = quick?.cost(input - write, 0, write, outputMax - reasoning, reasoning) ?? Number.NaN;
    return Number.isNaN(cost) ? exactCosts(index, ratios[index] as number, hits[index] as number).worst : cost;
  }

  function isBefore(a: number, b: number): boolean {
    const [costA, costB] = [costs[a] as number, costs[b] as number];
    return costA !== costB ? costA < costB : compareEqual(rows[a]?.entry, rows[b]?.entry) < 0;
  }

  function compare(a: number, b: number): number {
    const isOutA = masks[a] !== 0;
    if (isOutA !== (masks[b] !== 0)) return isOutA ? 1 : -1;
    const [costA, costB] = [costs[a] as number, costs[b] as number];
    return costA === costB ? compareEqual(rows[a]?.entry, rows[b]?.entry) : costA < costB ? -1 : 1;
  }

  return {
    shape,
    resolved,
    sources,
    time,
    best,
    order: () => Array.from(rows.keys()).sort(compare),
    isEligible: (index) => masks[index] === 0,
    outCounts() {
      const counts = new Map<Refusal["code"], number>();
      for (let index = 0; index < count; index++) {
        const code = firstCodeOf(masks[index] as number, { pause: pauses[index] });
        if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
      }
      return counts;
    },
    at(index) {
      const row = rows[index] as ModelRow;
      const provider = sources.providers.get(row.entry.provider);
      const [ratio, hitProbability] = [ratios[index] as number, hits[index] as number];
      const habit = { hitProbability, cachesPrompts: provider?.cachesPrompts ?? true };
      const mask = masks[index] as number;
      const isOverMost = mask !== 0 && hasCostMax && Number.isFinite(costs[index]);
      const worst = isOverMost ? exactCosts(index, ratio, hitProbability).worst : 0;
      const past: ModelState = {
        ...state,
        row,
        pause: pauses[index],
        inputTokens: Math.ceil(shape.inputTokens * ratio),
        worstCost: worst,
      };
      return { row, ratio, habit, refusals: refusalsOf(mask, past, context) };
    },
  };
}

const areCounts = (input: number, output: number, outputMax: number) =>
  Number.isSafeInteger(input) &&
  input >= 0 &&
  Number.isSafeInteger(output) &&
  output >= 0 &&
  Number.isSafeInteger(outputMax);

/** Models of one cost: the higher quality, then the name. */
function compareEqual(a: ModelEntry | undefined, b: ModelEntry | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return (b.quality ?? -1) - (a.quality ?? -1) || compareText(a.provider, b.provider) || compareText(a.model, b.model);
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
