import type { ModelEntry, NanoUsdPerMTok, PriceFinding } from "@larder/contracts";
import { formatUsdPerMTok } from "@larder/contracts";
import type { PriceChange } from "@larder/generator-router";
import { factsOf } from "@larder/generator-router";
import Table from "cli-table3";
import pc from "picocolors";
import { count } from "./words.ts";

const style = { head: [], border: [], compact: true };
const rateText = (rate: NanoUsdPerMTok | undefined) => (rate === undefined ? "" : formatUsdPerMTok(rate));

/** One line a model: dollars per million tokens, and which lanes and lines it has besides. */
export function renderPriceTable(models: readonly ModelEntry[]): string {
  const head = ["model", "input", "cached", "output", "window", "also", "as of"];
  const table = new Table({ head, style, colAligns: ["left", "right", "right", "right", "right", "left", "left"] });
  for (const entry of models) {
    const { rates, tiers, cards = {}, sources } = entry;
    const lanes = Object.keys(cards);
    const also = [...lanes, ...(tiers.length > 0 ? [`${tiers.length} tier${tiers.length > 1 ? "s" : ""}`] : [])];
    table.push([
      `${entry.provider}/${entry.model}`,
      rates === null ? "unknown" : rateText(rates.inputFresh),
      rateText(rates?.inputCacheRead),
      rateText(rates?.outputText),
      entry.contextTokens === null ? "unknown" : count(entry.contextTokens),
      also.join(", "),
      sources
        .map(({ asOf }) => asOf)
        .toSorted()
        .at(-1) ?? "",
    ]);
  }
  return table.toString();
}

/** Everything that is known of one model, with its sources and what the lint found. */
export function renderEntry(entry: ModelEntry, findings: readonly PriceFinding[]): string {
  const own = findings.filter(({ provider, model }) => provider === entry.provider && model === entry.model);
  return [
    pc.bold(`${entry.provider}/${entry.model}`),
    ...[...factsOf(entry)].map(([name, value]) => `  ${name.padEnd(28)} ${value}`),
    ...entry.sources.map(({ name, url, asOf }) => `  source ${name}, ${asOf}${url === undefined ? "" : `, ${url}`}`),
    ...own.map(({ code, message }) => `  ${pc.yellow(code)} ${message}`),
  ].join("\n");
}

/** Findings by kind, the rarest kind first: what stands alone is what to look at. */
export function renderFindings(findings: readonly PriceFinding[]): string {
  if (findings.length === 0) return "nothing found";
  const codes = new Map<string, PriceFinding[]>();
  for (const found of findings) codes.set(found.code, [...(codes.get(found.code) ?? []), found]);
  return [...codes]
    .toSorted((a, b) => a[1].length - b[1].length)
    .map(([code, found]) => {
      const lines = found.map(({ provider, model, message }) => `  ${provider}/${model}: ${message}`);
      return [`${pc.yellow(code)} (${count(found.length)})`, ...lines].join("\n");
    })
    .join("\n");
}

/** Added and removed models in one line each, a changed one with each field before and after. */
export function renderChanges(changes: readonly PriceChange[]): string {
  if (changes.length === 0) return "no price differs";
  const words = { added: pc.green("added"), removed: pc.red("removed"), changed: pc.yellow("changed") };
  return changes
    .map(({ provider, model, kind, fields }) => {
      const lines = fields.map(
        ({ name, before, after }) => `  ${name}: ${before ?? "not told"} -> ${after ?? "not told"}`,
      );
      return [`${words[kind]} ${provider}/${model}`, ...lines].join("\n");
    })
    .join("\n");
}
