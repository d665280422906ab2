import {
  escapeHtml,
  fanPlot,
  heatPlot,
  htmlTable,
  legend,
  pageStyle,
  stepPlot,
  tornadoPlot,
} from "@larder/report-page";
import { monthsBetween } from "../history/price-point.ts";
import { nameOfVariable, valueInWords } from "../plan/find-flips.ts";
import type { EconomicsDocument, PriceHistoryDocument } from "./economics-document.ts";
import { dollars, monthsText, onePage } from "./one-page.ts";

/** The one page with its charts, as one HTML file that opens without a network. Reads the document alone. */
export function economicsPage(document: EconomicsDocument): string {
  const title = `Local or API: ${document.verdict.replaceAll("_", " ")}`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title><style>${pageStyle}pre { overflow-x: auto; font-size: 0.8rem; }</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${escapeHtml(document.because)} Confidence ${document.confidence}; the weakest figure is ${document.weakest_basis}. As of ${document.as_of}.</p>`,
    `<p>Compared with ${escapeHtml(document.api.comparator ?? "no API")}: ${escapeHtml(document.api.capable_evidence)}</p>`,
    summaryTable(document),
    "<h2>What buying comes to, month by month</h2>",
    fan(document),
    legend(
      ["simulated prices: middle, and eight in ten", "closed form"],
      ["simulated prices: middle, and eight in ten", "closed form"],
    ),
    "<h2>Break-even by bill and price decline</h2>",
    surface(document),
    "<h2>What each figure alone does</h2>",
    tornado(document),
    "<h2>Cost of a million tokens by how busy the machine is</h2>",
    htmlTable(
      "Electricity while busy and the machine less its salvage; idle hours, set-up and operations are left out.",
      ["busy", "$ per million tokens"],
      document.charts.unit_cost.map(({ utilisation, usd_per_mtok }) => [
        `${Math.round(100 * utilisation)} %`,
        `$${usd_per_mtok.toPrecision(3)}`,
      ]),
    ),
    ...(document.price_history === null ? [] : ["<h2>Prices over time</h2>", history(document.price_history)]),
    "<h2>The page as text</h2>",
    `<pre>${escapeHtml(onePage(document))}</pre>`,
    "</body></html>",
    "",
  ].join("\n");
}

function summaryTable({ breakeven, api, local }: EconomicsDocument): string {
  const { months } = breakeven;
  const text = (value: number | null) => monthsText(value, local.life_months);
  const three = [months.p10, months.p50, months.p90].map(text).join(", ");
  return htmlTable(
    "In short",
    ["", ""],
    [
      ["API bill, month 1", dollars(api.bill_month0_usd)],
      ["hurdle for any break-even", dollars(breakeven.hurdle_bill_usd)],
      ["machine and set-up", dollars(local.capex_usd)],
      ["running cost a month", dollars(local.running_usd_per_month)],
      ["months to break-even, closed form", text(months.closed_form)],
      ["months to break-even, P10, P50, P90", three],
      ["never within the machine's life", `${(100 * breakeven.p_never).toFixed(0)} %`],
      ["switch off by month", text(breakeven.switch_off_months)],
      ["under water again at month", text(breakeven.under_water_again_months)],
    ],
  );
}

function fan({ charts, breakeven, local }: EconomicsDocument): string {
  const note = (x: number | null, name: string) => (x === null || x > local.life_months ? [] : [{ x, name }]);
  const marks = [
    ...note(breakeven.months.closed_form, "break-even"),
    ...note(breakeven.switch_off_months, "switch off"),
    ...note(breakeven.under_water_again_months, "under water"),
  ];
  const last = charts.fan.at(-1);
  const text = {
    id: "fan",
    title: "Cumulative advantage of buying, in dollars",
    description: `From the price of the machine at month 0 to a middle of ${dollars(String(last?.p50 ?? 0))} at month ${last?.month ?? 0}, between ${dollars(String(last?.p10 ?? 0))} and ${dollars(String(last?.p90 ?? 0))} in eight of ten price paths.`,
  };
  return fanPlot(
    text,
    charts.fan.map(({ month, p10, p50, p90 }) => ({ x: month, low: p10, middle: p50, high: p90 })),
    {
      xName: "months",
      tickText: (value) => dollars(String(value)),
      lines: [{ series: 1, points: charts.fan.map(({ month, closed_form: y }) => ({ x: month, y })) }],
      marks,
    },
  );
}

function surface({ charts: { surface: data }, api, local: { life_months: life } }: EconomicsDocument): string {
  const known = data.months.flat().flatMap((months) => (months === null || months > life ? [] : [months]));
  const slowest = Math.max(1, ...known);
  const cells = data.months.map((row) =>
    row.map((months) =>
      months === null || months > life
        ? { strength: null, text: months === null ? "never" : `> ${life}` }
        : {
            strength: 1 - Math.min(1, Math.log1p(months) / Math.log1p(slowest)),
            text: months < 100 ? months.toFixed(1) : months.toFixed(0),
          },
    ),
  );
  const bill = Number(api.bill_month0_usd);
  const nearest = (values: readonly number[], value: number) =>
    values.reduce(
      (best, each, i) =>
        Math.abs(Math.log(each / value)) < Math.abs(Math.log((values[best] ?? each) / value)) ? i : best,
      0,
    );
  return heatPlot(
    {
      id: "surface",
      title: "Months to break-even",
      description: `By first month's bill and yearly price decline; hatched cells never break even within the machine's ${life} months, those with > ${life} only after them. ${known.length} of ${cells.flat().length} cells do. The frame is the plan's own place.`,
    },
    cells,
    {
      xName: "price decline in a year",
      yName: "bill",
      columns: data.x_per_year.map((factor) => (factor < 1 ? `rises ${(1 / factor).toFixed(1)}x` : `${factor}x`)),
      rows: data.bills_usd.map((each) => dollars(each.toFixed(0))),
      ...(bill > 0 && {
        here: { column: nearest(data.x_per_year, api.decline.x_per_year), row: nearest(data.bills_usd, bill) },
      }),
    },
  );
}

function tornado({ tornado: bars, breakeven }: EconomicsDocument): string {
  const [widest] = bars;
  return tornadoPlot(
    {
      id: "tornado",
      title: "Result at the best month by each figure",
      description: widest === undefined ? "Nothing was varied." : `The widest is ${nameOfVariable(widest.variable)}.`,
    },
    bars.map(({ variable, unit, low, high }) => ({
      name: nameOfVariable(variable),
      low: { value: Number(low.best_exit_usd), name: valueInWords(unit, low.value) },
      high: { value: Number(high.best_exit_usd), name: valueInWords(unit, high.value) },
    })),
    { base: Number(breakeven.best_exit.usd_with_salvage), tickText: (value) => dollars(String(value)) },
  );
}

const indexNames = {
  same_sku: "one model's list price",
  same_slot: "its slot in the line-up",
  constant_quality: "constant quality",
};

function history(data: PriceHistoryDocument): string {
  const indices = ["same_sku", "same_slot", "constant_quality"] as const;
  const dates = [...new Set(indices.flatMap((index) => data[index].map(({ date }) => date)))].toSorted();
  const first = dates[0] ?? "";
  const names = indices.map((index) => indexNames[index]);
  // A line for each list: two lists differ without any price moving.
  const series = indices.flatMap((index, i) =>
    [...new Set(data[index].map(({ source }) => source))].map((list) => ({
      name: list === undefined ? indexNames[index] : `${indexNames[index]}, ${list}`,
      series: i,
      points: data[index]
        .filter(({ source }) => source === list)
        .map(({ date, usd_per_query: usd, model }) => ({
          x: monthsBetween(first, date),
          y: Number(usd),
          label: `${date}: $${usd} for ${model}`,
        })),
    })),
  );
  const every = Math.max(1, Math.ceil(dates.length / 6));
  const ticks = dates.filter((_, i) => i % every === 0).map((date) => ({ x: monthsBetween(first, date), name: date }));
  const rises = series.flatMap(({ points }) => points.slice(1).filter(({ y }, i) => y > (points[i]?.y ?? y)));
  return [
    stepPlot(
      {
        id: "history",
        title: "Dollars for one query, three indices",
        description: `Over ${dates.length} dates; ${rises.length} steps are rises, drawn in red.`,
      },
      series,
      { xTicks: ticks, tickText: (value) => `$${value}` },
    ),
    legend(names, names),
  ].join("\n");
}
