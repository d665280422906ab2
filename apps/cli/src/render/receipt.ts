import Table from "cli-table3";
import pc from "picocolors";
import type { AnswerBody, ContextWindowBody, CounterfactualBody } from "../wire.ts";
import { inputTokensOf } from "../wire.ts";
import { armWords } from "./arms.ts";
import { readableUsds } from "./money.ts";
import { count, counted, verdictWords } from "./words.ts";

/** What of an answer or of a receipt the table shows. */
export type MoneyBody = Pick<
  AnswerBody,
  "basis" | "usage" | "cost" | "modelled" | "counterfactual" | "counterfactuals" | "context_window"
>;

/** The receipt as a small table: what was sent against the ways not taken, the headline's first among its notes. */
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
  const shown = counterfactuals.filter(isShown);
  for (const arm of shown) {
    const [usd, saved = ""] = readableUsds([arm.usd, arm.saved.usd]);
    table.push([armWords[arm.arm] ?? arm.arm, count(arm.tokens), usd, renderSaved(arm, saved)]);
  }
  const notes = cost === null ? [] : [`cost basis: ${cost.basis}`, `price book ${cost.price_book}`];
  if (receiptId !== null) notes.push(`receipt ${receiptId}`);
  const lines = [...headlineNote(money), ...cacheNote(counterfactuals), ...trafficNote(counterfactuals)];
  const others = counterfactuals.length - shown.length;
  if (shown.some(({ quality }) => quality === "unknown")) lines.push("* how well it would have answered is not known");
  if (others > 0) lines.push(`${counted(others, "other way")} not feasible here; --json says why`);
  return [table.toString(), ...lines, ...renderWindow(money.context_window), notes.join(" · ")].map(dimmed).join("\n");
}

const dimmed = (line: string, index: number): string => (index === 0 ? line : pc.dim(line));

/** What could be done, and what could not because it does not fit: that is a result, the other reasons are none. */
const isShown = ({ feasible, saved }: CounterfactualBody) => feasible || saved.verdict === "capability_only";

function modelledRow(modelled: NonNullable<MoneyBody["modelled"]>) {
  const what = `the evidence alone, at ${modelled.model}`;
  return { what, tokens: modelled.input_tokens, usd: modelled.usd };
}

function headlineNote({ counterfactual: headline, counterfactuals }: MoneyBody): string[] {
  if (headline !== null) {
    const [saved] = readableUsds([headline.saved.usd]);
    const verdict = verdictWords(headline.saved.verdict);
    return [`headline: ${verdict}, ${saved} against ${armWords[headline.arm] ?? headline.arm}`];
  }
  const isTooLarge = counterfactuals.some(({ saved }) => saved.verdict === "capability_only");
  return isTooLarge ? ["headline: capability only, for nobody could have sent the whole knowledge base"] : [];
}

/** Two rows with the same price look like a mistake. */
function cacheNote(counterfactuals: readonly CounterfactualBody[]): string[] {
  const [cold, warm] = ["stuff_cold", "stuff_warm"].map((id) => counterfactuals.find(({ arm }) => arm === id));
  if (cold === undefined || warm === undefined || cold.usd === null || cold.usd !== warm.usd) return [];
  return [`${cold.model} has no cache discount, so warm costs as much as uncached`];
}

/** The rate of fewer is only the time between two questions. */
const rateArrivalsMin = 5;

/** What "at this traffic" rests on. */
function trafficNote(counterfactuals: readonly CounterfactualBody[]): string[] {
  const cache = counterfactuals.find(({ arm }) => arm === "stuff_cached")?.cache;
  if (cache === null || cache === undefined) return [];
  if (cache.arrivals === 0) return ["traffic: no earlier question within a day, so nothing would have been cached"];
  const hit = Math.round(100 * cache.hit_probability);
  if (cache.arrivals < rateArrivalsMin) {
    return [`traffic: ${counted(cache.arrivals, "earlier question")} seen, cached with a chance of ${hit} %`];
  }
  const rate =
    cache.arrivals_per_hour < 10 ? cache.arrivals_per_hour.toFixed(1) : count(Math.round(cache.arrivals_per_hour));
  return [`traffic: ${rate} questions an hour (${cache.arrivals} seen), cached with a chance of ${hit} %`];
}

/** The window as such, also where money says nothing. */
export function renderWindow(use: ContextWindowBody | null): string[] {
  if (use === null) return [];
  const percent = (share: number) => `${share < 0.1 ? (100 * share).toFixed(1) : Math.round(100 * share)} %`;
  const { turns_to_compaction: turns } = use;
  const parts = [
    `${percent(use.occupancy)} of ${count(use.usable_tokens)} tokens`,
    `evidence ${percent(use.evidence_share)} of the prompt, ${percent(use.evidence_use)} of it cited`,
    `${count(use.wasted_tokens)} uncited`,
    `${count(use.free_after_answer_tokens)} free after the answer`,
  ];
  if (turns !== null) {
    parts.push(
      `${count(turns.keeping_evidence)} more turns fit with their evidence, ${count(turns.keeping_words)} without`,
    );
  }
  return [`window: ${parts.join("; ")}`];
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

function renderSaved({ saved, reason, quality }: CounterfactualBody, usd: string): string {
  if (saved.verdict === "capability_only") return reason ?? "does not fit the window: no saving is claimed";
  return `${usd} (${verdictWords(saved.verdict)})${quality === "unknown" ? "*" : ""}`;
}
