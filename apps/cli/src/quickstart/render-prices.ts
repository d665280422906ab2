import type { Larder } from "@larder/api";
import type { CounterfactualArm, ModelListing } from "@larder/contracts";
import { formatUsd, noTokens } from "@larder/contracts";
import Table from "cli-table3";
import pc from "picocolors";
import { readableUsds } from "../render/money.ts";
import { count, verdictWords } from "../render/words.ts";
import type { AnswerBody } from "../wire.ts";
import { inputTokensOf } from "../wire.ts";

const providersShown = ["openai", "anthropic", "gemini"];

/**
 * What the last question would cost on three named models: with the evidence alone, and with the whole corpus, cold and
 * warm. The token counts are those of the answer's own receipt, so that the two tables agree. `undefined` for an answer
 * that has none, because nothing was found.
 */
export function renderPrices(larder: Larder, answer: AnswerBody, corpusTokens: number): string | undefined {
  const sent = sentTokens(answer);
  if (sent === undefined) return undefined;
  const overheadTokens = Math.max(0, sent.input - answer.evidence_tokens);
  const table = new Table({
    head: [
      "the last answer, on",
      `evidence (${count(sent.input)})`,
      `whole corpus (${count(corpusTokens + overheadTokens)}), cold`,
      "whole corpus, warm",
      "saved against warm",
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  const { priceBook } = larder.router;
  const models = namedModels(larder.router.models());
  for (const { provider, model } of models) {
    const actual = { ...noTokens, inputFresh: sent.input, outputText: sent.output };
    const priced = priceBook.price(provider, model, actual);
    const question = { priceBook, provider, model, corpusTokens, overheadTokens, actual };
    const actualCost = priced.kind === "priced" ? { actualCost: priced.cost } : {};
    const arms = larder.savings.counterfactuals({ ...question, ...actualCost });
    const [cold, warm] = (["stuff_cold", "stuff_warm"] as const).map((id) => arms.find(({ arm }) => arm === id));
    const amounts = [actualCost.actualCost, cold?.cost, warm?.cost, warm?.saved.cost];
    const [own, ...texts] = readableUsds(amounts.map((amount) => (amount === undefined ? null : formatUsd(amount))));
    table.push([
      `${provider}/${model}`,
      own,
      armCost(cold, texts[0]),
      armCost(warm, texts[1]),
      armSaved(warm, texts[2]),
    ]);
  }
  const basis = `prompts with instructions and question, ${count(sent.output)} output tokens, list prices ${asOf(models)}`;
  return `${table.toString()}\n${pc.dim(`modelled: ${basis}; signed`)}`;
}

function sentTokens({ modelled, usage }: AnswerBody): { readonly input: number; readonly output: number } | undefined {
  if (modelled !== null) return { input: modelled.input_tokens, output: modelled.output_tokens };
  if (usage === null) return undefined;
  return { input: inputTokensOf(usage), output: usage.output_text + usage.output_reasoning + usage.output_audio };
}

/** When the prices of these models were last looked up: each by its newest source. */
function asOf(models: readonly ModelListing[]): string {
  const dates = models
    .flatMap(
      ({ sources }) =>
        sources
          .map((source) => source.asOf)
          .sort()
          .at(-1) ?? [],
    )
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return "of an unknown date";
  return first === last ? `of ${first}` : `of ${first} to ${last}`;
}

/** The cheapest priced model of each provider that people know, so that the table stays small and can be checked. */
function namedModels(models: readonly ModelListing[]): readonly ModelListing[] {
  const named = providersShown.flatMap((provider) => {
    const priced = models.filter((entry) => entry.provider === provider && entry.rates !== null);
    return priced.sort((a, b) => Number((a.rates?.inputFresh ?? 0n) - (b.rates?.inputFresh ?? 0n))).slice(0, 1);
  });
  return named.length > 0 ? named : models.filter((entry) => entry.rates !== null).slice(0, 3);
}

function armCost(arm: CounterfactualArm | undefined, text: string | undefined): string {
  if (arm === undefined) return "";
  return arm.isFeasible ? (text ?? "unknown") : "does not fit";
}

function armSaved(arm: CounterfactualArm | undefined, text: string | undefined): string {
  if (arm === undefined || !arm.isFeasible) return "capability only";
  return arm.saved.cost === undefined ? "unknown" : `${text} (${verdictWords(arm.saved.verdict)})`;
}
