import type { DecisionInputs, DecisionModel, Policy, PriceBook, Quote } from "@larder/contracts";
import { quoteModels } from "./quote-models.ts";
import type { QuoteSources } from "./quote-sources.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { ModelScan } from "./scan-models.ts";

/**
 * What a decision depended on, beside the price book: read from its scan, so that it may be written down later.
 * @param policy - As it was given
 */
export function decisionInputs({ shape, sources, time, known }: ModelScan, policy: Policy): DecisionInputs {
  const { priceBook, providers, isOffline } = sources;
  const models: DecisionModel[] = [];
  priceBook.models().forEach((entry, index) => {
    const { knowledge, hitProbability, pause } = known(index);
    const tokenRatio = sources.tokenRatio(entry);
    if (knowledge === undefined && hitProbability === 0 && pause === undefined && tokenRatio === 1) return;
    models.push({
      provider: entry.provider,
      model: entry.model,
      ...(knowledge && { knowledge }),
      ...(hitProbability > 0 && { hitProbability }),
      ...(pause && { pause }),
      ...(tokenRatio !== 1 && { tokenRatio }),
    });
  });
  const all = [...providers];
  return {
    nowMs: time.nowMs,
    shape,
    policy,
    isOffline,
    configured: all.filter(([, { isConfigured }]) => isConfigured).map(([id]) => id),
    cacheless: all.filter(([, { cachesPrompts }]) => cachesPrompts === false).map(([id]) => id),
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
