import { escapeHtml } from "./escape-html.ts";
import type { Bounds } from "./plot-area.ts";
import { gridShares, plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface RecallSeries {
  readonly name: string;
  /** Its number among all series of the page. */
  readonly series: number;
  readonly points: readonly (Bounds & { readonly tokens: number; readonly recall: number })[];
}

const area = plotArea(400, {
  left: 48,
  right: 96, // room for the names at the ends of the curves
  top: 12,
  bottom: 44,
});
const { left, right, bottom, y } = area;

/** Evidence recall over the logarithm of tokens: a curve, its interval as a band and a point a budget, for each series. */
export function recallPlot(text: PlotText, series: readonly RecallSeries[]): string {
  const tokens = series.flatMap(({ points }) => points.map((point) => point.tokens));
  const least = Math.log(Math.min(...tokens));
  const range = Math.max(Math.log(Math.max(...tokens)) - least, Number.EPSILON);
  const x = (value: number): number => area.x((Math.log(value) - least) / range);
  const ticks = [...new Set(tokens)].sort((a, b) => a - b);
  return svgFrame(text, area, [
    ...gridShares.flatMap((recall) => [
      svgLine("grid", left, y(recall), right, y(recall)),
      svgText(left - 6, y(recall) + 4, `${Math.round(100 * recall)} %`, "end"),
    ]),
    ...ticks.map((tick) => svgText(x(tick), bottom + 18, shortTokens(tick), "middle")),
    svgText((left + right) / 2, area.height - 6, "tokens of evidence allowed", "middle"),
    ...series.map((one) => curve(one, x)),
    ...labelPlaces(series).map((place, i) => svgText(right + 8, place, series[i]?.name ?? "")),
  ]);
}

function curve({ name, series, points }: RecallSeries, x: (tokens: number) => number): string {
  const path = points.map(({ tokens, recall }) => `${round(x(tokens))},${round(y(recall))}`).join(" ");
  const upper = points.map(({ tokens, high }) => `${round(x(tokens))},${round(y(high))}`);
  const lower = points.toReversed().map(({ tokens, low }) => `${round(x(tokens))},${round(y(low))}`);
  const dots = points.map(({ tokens, recall, low, high }) => {
    const words = `${name}, ${tokens} tokens: ${percent(recall)} (${percent(low)} to ${percent(high)})`;
    return `<circle class="fill ${seriesClass(series)}" cx="${round(x(tokens))}" cy="${round(y(recall))}" r="3.5"><title>${escapeHtml(words)}</title></circle>`;
  });
  return [
    `<g data-series="${escapeHtml(name)}">`,
    `<polygon class="band ${seriesClass(series)}" points="${[...upper, ...lower].join(" ")}"/>`,
    `<polyline class="stroke ${seriesClass(series)}" points="${path}"/>`,
    ...dots,
    "</g>",
  ].join("");
}

const labelHeight = 15;

/** Heights of the names at the curves' ends, pushed down until none covers another. */
function labelPlaces(series: readonly RecallSeries[]): readonly number[] {
  const wanted = series.map(({ points }, i) => ({ i, place: y(points.at(-1)?.recall ?? 0) + 4 }));
  const places: number[] = [];
  let reached = Number.NEGATIVE_INFINITY;
  for (const { i, place } of wanted.toSorted((a, b) => a.place - b.place)) {
    reached = Math.max(place, reached + labelHeight);
    places[i] = reached;
  }
  return places;
}

function shortTokens(tokens: number): string {
  return tokens >= 1_024 && tokens % 1_024 === 0 ? `${tokens / 1_024}k` : String(tokens);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
