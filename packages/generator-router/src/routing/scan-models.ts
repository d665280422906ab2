import type {
  CandidateEscalation,
  ModelEntry,
  ModelKnowledge,
  QualityPosterior,
  Refusal,
  RequestShape,
} from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import type { Pause } from "./circuit-breaker.ts";
import { escalationCosts } from "./escalation-costs.ts";
import type { ExpectedOutput } from "./expected-output.ts";
import { expectedOutput } from "./expected-output.ts";
import type { PrefixHabit } from "./expected-tokens.ts";
import { tokensFor } from "./expected-tokens.ts";
import { keepFirst } from "./keep-first.ts";
import type { ModelRow } from "./model-rows.ts";
import { rowsOf } from "./model-rows.ts";
import { createQualityReader } from "./near-quality.ts";
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
  /** The first `most` of those that are eligible, or of those that are out, in the same order. Cost: `O(n log most)`. */
  first(which: "eligible" | "out", most: number): readonly number[];
  /** What was read of one model from others than the price book. */
  known(index: number): {
    readonly knowledge: ModelKnowledge | undefined;
    /** Of the traffic alone; 0 where the model's cache was not asked for. */
    readonly hitProbability: number;
    readonly pause: Pause | undefined;
  };
  /** How many models are out, by the code of the first reason. */
  outCounts(): ReadonlyMap<Refusal["code"], number>;
  at(index: number): {
    readonly row: ModelRow;
    readonly ratio: number;
    readonly habit: PrefixHabit;
    readonly output: ExpectedOutput;
    readonly knowledge: ModelKnowledge | undefined;
    readonly quality: QualityPosterior | undefined;
    readonly escalation: CandidateEscalation | undefined;
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
  const { rows, places } = rowsOf(sources.priceBook);
  const count = rows.length;
  const context = refusalContext(resolved, sources.isOffline, time, places);
  const qualityOf = createQualityReader(rows, places, shape.near);
  const hasQualityMin = context.qualityMin !== undefined;
  const hasCostMax = context.costMax !== undefined;
  const hasRegions = context.regions !== undefined;
  const costs = new Float64Array(count);
  const masks = new Uint32Array(count);
  const ratios = new Float64Array(count);
  const hits = new Float64Array(count);
  const trafficHits = new Float64Array(count);
  const pauses: (Pause | undefined)[] = [];
  const learned: (ModelKnowledge | undefined)[] = [];
  const escalations = new Map<number, CandidateEscalation>();
  // Read once: requests have many shapes, and each of these is needed for every model.
  const { inputTokens, stablePrefixTokens, outputTokensExpected, outputTokensMax, prefixId } = shape;
  const { traffic, breaker } = sources;
  const { nowMs, monotonicMs } = time;
  const state: ModelState = {
    row: rows[0] as ModelRow, // set anew for each model below; without a model nothing reads it
    knowledge: undefined,
    quality: undefined,
    isConfigured: false,
    pause: undefined,
    inputTokens: 0,
    outputTokensMax,
    isPriced: false,
    worstCost: 0,
  };
  let connectedTo: string | undefined;
  let isConfigured = false;
  let cachesPrompts = true;
  let best: number | undefined;
  for (let index = 0; index < count; index++) {
    const row = rows[index] as ModelRow;
    const { provider, model } = row;
    if (provider !== connectedTo) {
      const connection = sources.providers.get(provider);
      isConfigured = connection?.isConfigured ?? false;
      cachesPrompts = connection?.cachesPrompts ?? true;
      connectedTo = provider;
    }
    const knowledge = sources.knowledge(row.entry, shape, nowMs);
    if (knowledge !== undefined) learned[index] = knowledge;
    const ratio = knowledge?.tokenRatio ?? sources.tokenRatio(row);
    const input = Math.ceil(inputTokens * ratio);
    const prefix = Math.min(Math.ceil(stablePrefixTokens * ratio), input);
    let read = 0;
    let write = 0;
    if (cachesPrompts && prefix >= row.prefixTokensMin) {
      const trafficHit = traffic.hitProbability(provider, model, row.cacheTtlMs, monotonicMs, prefixId);
      const hit = trafficHit * (knowledge?.cacheYield ?? 1);
      trafficHits[index] = trafficHit;
      hits[index] = hit;
      read = Math.floor(prefix * hit);
      if (row.billsWrites) write = prefix - read;
    }
    let text = 0;
    let reasoning = 0;
    if (knowledge === undefined) text = Math.ceil(outputTokensExpected * ratio);
    else ({ text, reasoning } = expectedOutput(shape, ratio, knowledge));
    const outputMax = Math.max(text + reasoning, outputTokensMax);
    const quick = hasRegions && row.isRegional ? undefined : row.quick;
    const canBeQuick = quick !== undefined && areCounts(input, text, outputMax);
    let cost = canBeQuick ? quick.cost(input - read - write, read, write, text, reasoning) : Number.NaN;
    if (Number.isNaN(cost)) cost = exactCosts(index, ratio, hits[index] as number).expected;
    const pause = breaker.pauseOf(provider, model, monotonicMs);
    const isPriced = !Number.isNaN(cost);
    state.row = row;
    state.knowledge = knowledge;
    if (hasQualityMin) state.quality = qualityOf(index, knowledge);
    state.isConfigured = isConfigured;
    state.pause = pause;
    state.inputTokens = input;
    state.isPriced = isPriced;
    ratios[index] = ratio;
    state.worstCost = hasCostMax && isPriced ? worstCost(index, input, outputMax, cachesPrompts) : 0;
    costs[index] = isPriced ? cost : Number.POSITIVE_INFINITY;
    const mask = refusalMask(state, context);
    masks[index] = mask;
    if (pause !== undefined) pauses[index] = pause;
    if (mask === 0 && (best === undefined || isBefore(index, best))) best = index;
  }
  if (shape.escalation !== undefined) escalate(shape.escalation);

  /** Where a failing answer would be asked for anew, the order is by both costs together. */
  function escalate(rates: NonNullable<RequestShape["escalation"]>): void {
    const eligible = rows.flatMap(({ entry }, index) =>
      masks[index] === 0
        ? [
            {
              index,
              provider: entry.provider,
              model: entry.model,
              expectedCost: nanoUsd(BigInt(costs[index] as number)),
              quality: qualityOf(index, learned[index]),
            },
          ]
        : [],
    );
    for (const [{ index }, escalation] of escalationCosts(eligible, rates)) {
      escalations.set(index, escalation);
      costs[index] = Number(escalation.totalCost);
    }
    best = undefined;
    for (const { index } of eligible) if (best === undefined || isBefore(index, best)) best = index;
  }

  /** The price book's own answer, for what the quick way cannot say: regions, hours, sums beyond 2⁵³, no price. */
  function exactCosts(
    index: number,
    ratio: number,
    hitProbability: number,
  ): { expected: number; worst: number | bigint } {
    const { entry } = rows[index] as ModelRow;
    const cachesPrompts = sources.providers.get(entry.provider)?.cachesPrompts ?? true;
    const output = expectedOutput(shape, ratio, learned[index]);
    const tokens = tokensFor(entry, shape, ratio, { hitProbability, cachesPrompts }, output);
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
    const costA = costs[a] as number;
    const costB = costs[b] as number;
    return costA !== costB ? costA < costB : compareEqual(rows[a]?.entry, rows[b]?.entry) < 0;
  }

  function compare(a: number, b: number): number {
    const isOutA = masks[a] !== 0;
    if (isOutA !== (masks[b] !== 0)) return isOutA ? 1 : -1;
    const costA = costs[a] as number;
    const costB = costs[b] as number;
    return costA === costB ? compareEqual(rows[a]?.entry, rows[b]?.entry) : costA < costB ? -1 : 1;
  }

  return {
    shape,
    resolved,
    sources,
    time,
    best,
    order: () => Array.from(rows.keys()).sort(compare),
    first(which, most) {
      const kept: number[] = [];
      for (let index = 0; index < count; index++) {
        if ((masks[index] === 0) === (which === "eligible")) keepFirst(kept, index, most, compare);
      }
      return kept;
    },
    known: (index) => ({
      knowledge: learned[index],
      hitProbability: trafficHits[index] as number,
      pause: pauses[index],
    }),
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
      const isConfigured = provider?.isConfigured ?? false;
      const past: ModelState = {
        row,
        knowledge: learned[index],
        quality: qualityOf(index, learned[index]),
        isConfigured,
        pause: pauses[index],
        outputTokensMax,
        isPriced: Number.isFinite(costs[index]),
        inputTokens: Math.ceil(shape.inputTokens * ratio),
        worstCost: worst,
      };
      const { knowledge, quality } = past;
      return {
        row,
        ratio,
        habit,
        knowledge,
        quality,
        output: expectedOutput(shape, ratio, knowledge),
        escalation: escalations.get(index),
        refusals: refusalsOf(mask, past, context),
      };
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
