import { formatUsd, nanoUsd, parseUsd } from "@larder/contracts";
import Table from "cli-table3";
import pc from "picocolors";
import type { AnswerBody, CounterfactualBody } from "../wire.ts";
import { readableUsd } from "./money.ts";

const armWords: Readonly<Record<string, string>> = {
  stuff_cold: "whole knowledge base in the prompt, uncached",
  stuff_warm: "whole knowledge base in the prompt, cache warm",
};

/** The receipt as a small table: what was sent against what the whole knowledge base would have been. */
export function renderReceipt(answer: AnswerBody): string {
  const table = new Table({
    head: ["receipt", "input tokens", "cost", "saved"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right"],
  });
  table.push([ownWords(answer), count(sentTokens(answer)), readableUsd(answer.cost.usd), ""]);
  const modelled = modelledRow(answer);
  if (modelled !== undefined) table.push(modelled);
  for (const arm of armsOf(answer)) {
    table.push([armWords[arm.arm] ?? arm.arm, count(arm.tokens), readableUsd(arm.usd), renderSaved(arm)]);
  }
  const notes = [`cost basis: ${answer.cost.basis}`, `price book ${answer.cost.price_book}`];
  if (answer.receipt_id !== null) notes.push(`receipt ${answer.receipt_id}`);
  return `${table.toString()}\n${pc.dim(notes.join(" · "))}`;
}

/**
 * For an answer that no model wrote, what the savings compare with: the evidence alone, sent to the model that the arms
 * are priced at. An arm's cost less what it saved is that.
 */
function modelledRow(answer: AnswerBody): string[] | undefined {
  const [arm] = armsOf(answer);
  if (answer.basis !== "extractive" || arm?.saved === undefined) return undefined;
  const cost = parseUsd(arm.usd ?? "");
  const saved = parseUsd(arm.saved.usd ?? "");
  const own = cost === undefined || saved === undefined ? "unknown" : readableUsd(formatUsd(nanoUsd(cost - saved)));
  return [
    `the evidence alone, if ${arm.model ?? "a model"} wrote the answer`,
    count(arm.tokens - arm.saved.tokens),
    own,
    "",
  ];
}

function armsOf(answer: AnswerBody): readonly CounterfactualBody[] {
  return answer.counterfactuals ?? (answer.counterfactual === null ? [] : [answer.counterfactual]);
}

function ownWords(answer: AnswerBody): string {
  if (answer.basis === "generated") return "sent: the evidence that matters";
  return answer.basis === "extractive" ? "sent: nothing (answered on this machine)" : "sent: nothing";
}

function sentTokens({ usage }: AnswerBody): number {
  return usage === null ? 0 : usage.input_fresh + usage.input_cache_read + usage.input_cache_write;
}

function renderSaved({ saved, reason }: CounterfactualBody): string {
  if (saved === undefined) return "";
  if (saved.verdict === "capability_only") return reason ?? "does not fit the window: no saving is claimed";
  return `${readableUsd(saved.usd)} (${saved.verdict.replaceAll("_", " ")})`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}
