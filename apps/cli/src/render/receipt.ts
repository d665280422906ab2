import Table from "cli-table3";
import pc from "picocolors";
import type { AnswerBody, CounterfactualBody } from "../wire.ts";
import { inputTokensOf } from "../wire.ts";
import { readableUsds } from "./money.ts";
import { count, verdictWords } from "./words.ts";

/** What of an answer or of a receipt the table shows. */
export type MoneyBody = Pick<AnswerBody, "basis" | "usage" | "cost" | "modelled" | "counterfactuals">;

const armWords: Readonly<Record<string, string>> = {
  stuff_cold: "whole knowledge base in the prompt, uncached",
  stuff_warm: "whole knowledge base in the prompt, cache warm",
};

/** The receipt as a small table: what was sent against what the whole knowledge base would have been. */
export function renderReceipt(money: MoneyBody, receiptId: string | null): string {
  const table = new Table({
    head: ["receipt", "input tokens", "cost", "saved"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right"],
  });
  const { cost, modelled, counterfactuals } = money;
  const rows: readonly { readonly what: string; readonly tokens: number | undefined; readonly usd: string | null }[] = [
    { what: ownWords(money), tokens: sentTokens(money), usd: cost?.usd ?? null },
    ...(modelled === null ? [] : [modelledRow(modelled)]),
  ];
  for (const { what, tokens, usd } of rows) {
    table.push([what, tokens === undefined ? "unknown" : count(tokens), readableUsds([usd])[0], ""]);
  }
  for (const arm of counterfactuals) {
    const [usd, saved = ""] = readableUsds([arm.usd, arm.saved.usd]);
    table.push([armWords[arm.arm] ?? arm.arm, count(arm.tokens), usd, renderSaved(arm, saved)]);
  }
  const notes = cost === null ? [] : [`cost basis: ${cost.basis}`, `price book ${cost.price_book}`];
  if (receiptId !== null) notes.push(`receipt ${receiptId}`);
  return [table.toString(), ...cacheNote(counterfactuals), notes.join(" · ")].map(dimmed).join("\n");
}

const dimmed = (line: string, index: number): string => (index === 0 ? line : pc.dim(line));

function modelledRow(modelled: NonNullable<MoneyBody["modelled"]>) {
  const what = `the evidence alone, if ${modelled.model} wrote the answer`;
  return { what, tokens: modelled.input_tokens, usd: modelled.usd };
}

/** Two rows with the same price look like a mistake. */
function cacheNote([cold, warm]: readonly CounterfactualBody[]): string[] {
  if (cold === undefined || warm === undefined || cold.usd === null || cold.usd !== warm.usd) return [];
  return [`${cold.model} has no cache discount, so warm costs as much as uncached`];
}

function ownWords({ basis }: MoneyBody): string {
  if (basis === "generated") return "sent: the evidence that matters";
  return basis === "extractive" ? "sent: nothing (answered on this machine)" : "sent: nothing";
}

/** `undefined` when a provider was asked that did not tell. */
function sentTokens({ basis, usage }: MoneyBody): number | undefined {
  if (usage === null) return basis === "generated" ? undefined : 0;
  return inputTokensOf(usage);
}

function renderSaved({ saved, reason }: CounterfactualBody, usd: string): string {
  if (saved.verdict === "capability_only") return reason ?? "does not fit the window: no saving is claimed";
  return `${usd} (${verdictWords(saved.verdict)})`;
}
