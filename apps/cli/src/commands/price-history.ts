import type { PriceHistoryDocument } from "@larder/economics";
import { isLongEnough } from "@larder/economics";
import Table from "cli-table3";
import type { CommandContext } from "../command-context.ts";
import type { PriceHistory } from "../economics/price-history.ts";
import { readPriceHistory } from "../economics/price-history.ts";
import { readableUsds } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import { counted } from "../render/words.ts";

export interface HistoryGiven {
  readonly model?: string;
  readonly minQuality: number;
  readonly input: number;
  readonly output: number;
}

const indexNames = {
  same_sku: "the model's own list price",
  same_slot: "the newest of its slot in the line-up, by name",
  constant_quality: "the cheapest of the quality",
} as const;

/** `larder prices history`: three indices over a folder of dated catalogs. No server, no network. */
export async function priceHistory(folder: string, given: HistoryGiven, context: CommandContext): Promise<number> {
  const history = readPriceHistory({
    folder,
    ...(given.model !== undefined && { model: given.model }),
    ...{ qualityMin: given.minQuality, inputTokens: given.input, outputTokens: given.output },
  });
  context.print(context.options.json ? JSON.stringify(toJson(history, given)) : render(history, given));
  return exitCodes.ok;
}

function toJson({ model, document, fitted, moves, dates, sources }: PriceHistory, given: HistoryGiven) {
  return {
    model,
    min_quality: given.minQuality,
    in_tok_per_q: given.input,
    out_tok_per_q: given.output,
    ...{ dates, sources },
    ...document,
    decline:
      fitted === undefined
        ? null
        : {
            k_per_month: fitted.perMonth,
            x_per_year: fitted.xPerYear,
            ci: fitted.interval === null ? null : [fitted.interval.low, fitted.interval.high],
            half_life_months: fitted.halfLifeMonths,
            n_points: fitted.points,
          },
    jumps: { log_ratios: moves.logRatios, months: moves.months, source: moves.source },
  };
}

function render(history: PriceHistory, given: HistoryGiven): string {
  const { document, fitted, moves, dates, sources } = history;
  const rises = moves.logRatios.filter((move) => move > 0).length;
  return [
    `Dollars for one query of ${given.input} tokens in and ${given.output} out, quality at least ${given.minQuality}`,
    ...(["same_sku", "same_slot", "constant_quality"] as const).map((index) => tableOf(index, document)),
    fitted === undefined
      ? "No decline can be fitted: it takes one list on two dates or more."
      : `constant quality: ${fitted.xPerYear.toFixed(2)}x a year (k ${fitted.perMonth.toFixed(3)} a month${intervalOf(fitted.interval)}), ${counted(fitted.points, "point")}${isLongEnough(fitted) ? "" : "; too short to plan with"}`,
    `${counted(moves.logRatios.length, "jump")} of single prices between catalogs of one source, ${rises} of them up`,
    `${counted(dates.length, "date")} of ${sources.join(", ")}`,
  ].join("\n");
}

const intervalOf = (interval: { readonly low: number; readonly high: number } | null) =>
  interval === null ? ", no interval" : `, ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;

function tableOf(index: keyof typeof indexNames, document: PriceHistoryDocument): string {
  const points = document[index];
  const table = new Table({ head: [index, "$", "model", "list"], style: { head: [], border: [], compact: true } });
  const money = readableUsds(points.map(({ usd_per_query: usd }) => usd));
  for (const [i, { date, model, source }] of points.entries()) table.push([date, money[i] ?? "", model, source ?? ""]);
  return `${indexNames[index]}\n${points.length === 0 ? "  no price" : table.toString()}`;
}
