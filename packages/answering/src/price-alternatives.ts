import type {
  ArrivalRate,
  Candidate,
  CounterfactualArm,
  ModelledSpending,
  NanoUsd,
  Policy,
  PriceBook,
  PriceTerms,
  RequestShape,
  SavingsCalculator,
  UsageTokens,
} from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { answeringAttempt, tokenRatioOf } from "./answering-attempt.ts";

export interface AlternativesQuestion {
  readonly savings: SavingsCalculator;
  readonly priceBook: PriceBook;
  readonly draft: AnswerDraft;
  readonly shape: RequestShape;
  readonly evidenceTokens: number;
  readonly corpusTokens: number;
  /** Of the document of the best passage; absent: not known. */
  readonly topDocumentTokens?: number;
  readonly policy: Pick<Policy, "isBatchAllowed" | "regions">;
  /** How often that model was asked about this knowledge base. */
  traffic(model: string): ArrivalRate;
}

export interface Alternatives {
  readonly counterfactuals: readonly CounterfactualArm[];
  /** What an extractive answer is compared as. */
  readonly modelled?: ModelledSpending;
}

/**
 * What the ways not taken would have cost. A generated answer is compared at the model that gave it. An extractive one
 * sent nothing: it is compared as the same prompt at the cheapest priced model that could have taken it, both sides
 * modelled. Abstentions and answers that broke off are compared with nothing.
 */
export function priceAlternatives(question: AlternativesQuestion): Alternatives {
  const { savings, priceBook, draft, shape, corpusTokens, topDocumentTokens, policy, traffic } = question;
  if (draft.error !== undefined || draft.basis === "abstained") return { counterfactuals: [] };
  const common = {
    ...{ priceBook, corpusTokens },
    isBatchAllowed: policy.isBatchAllowed === true,
    ...(topDocumentTokens !== undefined && { topDocumentTokens }),
    overheadTokens: Math.max(0, shape.inputTokens - question.evidenceTokens),
  };
  const { usage, cost } = draft.spending;
  if (draft.basis === "generated" && draft.route.chosen !== undefined) {
    const ratio = tokenRatioOf(draft, shape);
    const { provider, model } = draft.route.chosen;
    const counterfactuals = savings.counterfactuals({
      ...common,
      ...{ provider, model },
      terms: termsOf(draft, priceBook, policy),
      traffic: traffic(`${provider}/${model}`),
      actual: usage?.tokens ?? modelledUsage(shape),
      ...(cost === undefined ? {} : { actualCost: cost }),
      ...(ratio === undefined ? {} : { tokenRatio: ratio }),
    });
    return { counterfactuals };
  }
  const actual = modelledUsage(shape);
  const model = cheapestModel(priceBook, draft.route.candidates, actual);
  if (model === undefined) return { counterfactuals: [] };
  const counterfactuals = savings.counterfactuals({
    ...common,
    provider: model.provider,
    model: model.model,
    traffic: traffic(`${model.provider}/${model.model}`),
    actual,
    actualCost: model.cost,
  });
  const modelled = { model: `${model.provider}/${model.model}`, tokens: actual, cost: model.cost };
  return { counterfactuals, modelled };
}

function modelledUsage(shape: RequestShape): UsageTokens {
  return { ...noTokens, inputFresh: shape.inputTokens, outputText: shape.outputTokensExpected };
}

/**
 * How the answer was served and billed, by its reply, else by what was asked for: the ways not taken would have been
 * served so too.
 */
function termsOf(draft: AnswerDraft, priceBook: PriceBook, { regions }: Pick<Policy, "regions">): PriceTerms {
  const attempt = answeringAttempt(draft);
  if (attempt === undefined) return {};
  const { startedAtMs: atMs, usage, provider, model } = attempt;
  const offered = priceBook.find(provider, model)?.regions ?? [];
  const region = usage?.region ?? regions?.find((each) => offered.includes(each));
  return { atMs, ...(usage?.lane && { lane: usage.lane }), ...(region !== undefined && { region }) };
}

interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly cost: NanoUsd;
}

/** Refusals that say the model is not up to the request; the others say that it cannot be reached or is unwanted. */
const unsuited = new Set([
  "context_too_small",
  "output_too_small",
  "capability_missing",
  "quality_below_minimum",
  "quality_unknown",
  "retired",
]);

/** Of the route's candidates, else of the whole book. Models that cost nothing only when there is no other. */
function cheapestModel(
  priceBook: PriceBook,
  candidates: readonly Candidate[],
  actual: UsageTokens,
): PricedModel | undefined {
  const suited = candidates.filter(({ refusals }) => !refusals.some(({ code }) => unsuited.has(code)));
  const price = (model: { readonly provider: string; readonly model: string }): PricedModel[] => {
    const priced = priceBook.price(model.provider, model.model, actual);
    return priced.kind === "priced" ? [{ provider: model.provider, model: model.model, cost: priced.cost }] : [];
  };
  const ofRoute = suited.flatMap(price);
  const models = (ofRoute.length > 0 ? ofRoute : priceBook.models().flatMap(price)).sort((a, b) =>
    a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : 0,
  );
  return models.find(({ cost }) => cost > 0n) ?? models[0];
}
