import type { Larder } from "@larder/api";
import type { CounterfactualArm, ModelListing } from "@larder/contracts";
import { formatUsd, noTokens } from "@larder/contracts";
import Table from "cli-table3";
import pc from "picocolors";
import { readableUsd } from "../render/money.ts";
import { count } from "../render/receipt.ts";
import type { AnswerBody } from "../wire.ts";

const providersShown = ["openai", "anthropic", "gemini"];
const promptOverheadTokens = 250; // instructions and question, about what the prompt template takes
const outputTokens = 300; // a usual answer

/**
 * What the last question would cost on three named models: with the evidence alone, and with the whole corpus, cold and
 * warm. Modelled from token counts; a corpus that does not fit the window has no price.
 */
export function renderPrices(larder: Larder, answer: AnswerBody, corpusTokens: number): string {
  const evidenceTokens = answer.evidence.reduce((sum, item) => sum + item.tokens, 0);
  const inputFresh = evidenceTokens + promptOverheadTokens;
  const head = [
    "the last answer, on",
    `evidence (${count(inputFresh)})`,
    `whole corpus (${count(corpusTokens)}), cold`,
    "whole corpus, warm",
    "saved against warm",
  ];
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  for (const { provider, model } of namedModels(larder.router.models())) {
    const actual = { ...noTokens, inputFresh, outputText: outputTokens };
    const priced = larder.router.priceBook.price(provider, model, actual);
    const arms = larder.savings.counterfactuals({
      priceBook: larder.router.priceBook,
      provider,
      model,
      corpusTokens,
      overheadTokens: promptOverheadTokens,
      actual,
      ...(priced.kind === "priced" ? { actualCost: priced.cost } : {}),
    });
    const own = priced.kind === "priced" ? readableUsd(formatUsd(priced.cost)) : "unknown";
    const [cold, warm] = [arms.find(({ arm }) => arm === "stuff_cold"), arms.find(({ arm }) => arm === "stuff_warm")];
    table.push([`${provider}/${model}`, own, armCost(cold), armCost(warm), armSaved(warm)]);
  }
  const { asOf } = larder.router.priceBook;
  return `${table.toString()}\n${pc.dim(`modelled from token counts at list prices of ${asOf}, ${outputTokens} output tokens; signed`)}`;
}

/** The cheapest priced model of each provider that people know, so that the table stays small and can be checked. */
function namedModels(models: readonly ModelListing[]): readonly ModelListing[] {
  const named = providersShown.flatMap((provider) => {
    const priced = models.filter((entry) => entry.provider === provider && entry.rates !== null);
    return priced.sort((a, b) => Number((a.rates?.inputFresh ?? 0n) - (b.rates?.inputFresh ?? 0n))).slice(0, 1);
  });
  return named.length > 0 ? named : models.filter((entry) => entry.rates !== null).slice(0, 3);
}

function armCost(arm: CounterfactualArm | undefined): string {
  if (arm === undefined) return "";
  if (!arm.isFeasible) return "does not fit";
  return arm.cost === undefined ? "unknown" : readableUsd(formatUsd(arm.cost));
}

function armSaved(arm: CounterfactualArm | undefined): string {
  if (arm === undefined || !arm.isFeasible) return "capability only";
  if (arm.saved.cost === undefined) return "unknown";
  return `${readableUsd(formatUsd(arm.saved.cost))} (${arm.saved.verdict.replaceAll("_", " ")})`;
}
