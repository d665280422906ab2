import type { DecisionInputs, DecisionModel, Policy, PriceBook, Quote, RequestShape } from "@larder/contracts";
import { rowsOf } from "./model-rows.ts";
import { quoteModels } from "./quote-models.ts";
import type { QuoteSources, QuoteTime } from "./quote-sources.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** What a decision at this moment depends on, beside the price book. */
export function decisionInputs(
  shape: RequestShape,
  policy: Policy,
  sources: QuoteSources,
  time: QuoteTime,
): DecisionInputs {
  const { priceBook, providers, breaker, traffic, isOffline } = sources;
  const known = [...providers];
  const models: DecisionModel[] = [];
  for (const { entry, provider, model, cacheTtlMs } of rowsOf(priceBook).rows) {
    const knowledge = sources.knowledge(entry, shape, time.nowMs);
    const hitProbability =
      entry.cache === null ? 0 : traffic.hitProbability(provider, model, cacheTtlMs, time.monotonicMs, shape.prefixId);
    const pause = breaker.pauseOf(provider, model, time.monotonicMs);
    const tokenRatio = sources.tokenRatio(entry);
    if (knowledge === undefined && hitProbability === 0 && pause === undefined && tokenRatio === 1) continue;
    models.push({
      provider,
      model,
      ...(knowledge && { knowledge }),
      ...(hitProbability > 0 && { hitProbability }),
      ...(pause && { pause }),
      ...(tokenRatio !== 1 && { tokenRatio }),
    });
  }
  return {
    nowMs: time.nowMs,
    shape,
    policy,
    isOffline,
    configured: known.filter(([, { isConfigured }]) => isConfigured).map(([id]) => id),
    cacheless: known.filter(([, { cachesPrompts }]) => cachesPrompts === false).map(([id]) => id),
    models,
  };
}

/**
 * The quote that the recorded decision saw, made anew from what was written down. With the same price book it is the
 * same, to the last nano-dollar; with another it says what would have been chosen then at these prices.
 */
export function replayDecision(inputs: DecisionInputs, priceBook: PriceBook): Quote {
  const { shape, policy, isOffline, nowMs } = inputs;
  const models = new Map(inputs.models.map((each) => [`${each.provider}/${each.model}`, each]));
  const ids = new Set([...inputs.configured, ...inputs.cacheless]);
  const providers = new Map(
    [...ids].map((id) => [
      id,
      { isConfigured: inputs.configured.includes(id), cachesPrompts: !inputs.cacheless.includes(id) },
    ]),
  );
  const sources: QuoteSources = {
    priceBook,
    providers,
    isOffline,
    breaker: { pauseOf: (provider, model) => models.get(`${provider}/${model}`)?.pause },
    traffic: { hitProbability: (provider, model) => models.get(`${provider}/${model}`)?.hitProbability ?? 0 },
    tokenRatio: ({ provider, model }) => models.get(`${provider}/${model}`)?.tokenRatio ?? 1,
    knowledge: ({ provider, model }) => models.get(`${provider}/${model}`)?.knowledge,
  };
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return quoteModels(shape, resolvePolicy(policy, shape), sources, { monotonicMs: 0, nowMs, today });
}
