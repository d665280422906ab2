import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import type { Scale } from "./scale.ts";
import { linearScale, logScale, shortNumber } from "./scale.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Bounds of its interval, where it has one. */
  readonly low?: number;
  readonly high?: number;
}

export interface LineSeries {
  readonly name: string;
  /** Its number among all series of the page. */
  readonly series: number;
  /** By x, ascending. */
  readonly points: readonly LinePoint[];
}

/** A line across the plot that marks one value of x. */
export interface PlotMark {
  readonly x: number;
  readonly label: string;
  readonly series?: number;
}

export interface LinePlotOptions {
  readonly xLabel: string;
  readonly yLabel: string;
  /** @defaultValue the numbers themselves, short */
  yText?(value: number): string;
  /** @defaultValue what the points need */
  readonly yRange?: readonly [number, number];
  readonly marks?: readonly PlotMark[];
  /** A strong line at y = 0, where the plot has both signs. */
  readonly hasZeroLine?: boolean;
}

const area = plotArea(400, { left: 64, right: 190, top: 22, bottom: 46 });
const { left, right, top, bottom } = area;
const labelHeight = 15;

/** Curves over a logarithmic x, each with its interval as a band, a dot a point, and its name at its end. */
export function linePlot(text: PlotText, series: readonly LineSeries[], options: LinePlotOptions): string {
  const points = series.flatMap((one) => one.points);
  const xs = [...points.map(({ x }) => x), ...(options.marks ?? []).map(({ x }) => x)].filter((x) => x > 0);
  if (points.length === 0 || xs.length === 0) return svgFrame(text, area, [svgText(left, top + 20, "no data")]);
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const xScale = logScale(Math.min(...xs), Math.max(...xs));
  const yScale = linearScale(...(options.yRange ?? [Math.min(...ys), Math.max(...ys)]));
  const x = (value: number): number => area.x(xScale.share(value));
  const y = (value: number): number => area.y(yScale.share(value));
  const yText = options.yText ?? shortNumber;
  return svgFrame(text, area, [
    ...yScale.ticks.flatMap((tick) => [
      svgLine(tick === 0 && options.hasZeroLine === true ? "zero" : "grid", left, y(tick), right, y(tick)),
      svgText(left - 6, y(tick) + 4, yText(tick), "end"),
    ]),
    ...axisTexts(xScale, x, options),
    ...(options.marks ?? []).map((mark) => drawMark(mark, x)),
    ...series.map((one) => curve(one, x, y, yText)),
    ...labelPlaces(series, y).map(({ name, place }) => svgText(right + 8, place, name)),
  ]);
}

function axisTexts(
  xScale: Scale,
  x: (value: number) => number,
  { xLabel, yLabel }: LinePlotOptions,
): readonly string[] {
  return [
    ...xScale.ticks.map((tick) => svgText(x(tick), bottom + 18, shortNumber(tick), "middle")),
    svgText((left + right) / 2, area.height - 6, xLabel, "middle"),
    svgText(4, 12, yLabel),
  ];
}

function drawMark({ x: value, label, series }: PlotMark, x: (value: number) => number): string {
  const className = series === undefined ? "mark" : `mark stroke ${seriesClass(series)}`;
  return svgLine(className, x(value), top, x(value), bottom) + svgText(x(value) + 4, top + 10, label);
}

function curve(
  { name, series, points }: LineSeries,
  x: (value: number) => number,
  y: (value: number) => number,
  yText: (value: number) => string,
): string {
  const at = (point: LinePoint, value: number): string => `${round(x(point.x))},${round(y(value))}`;
  const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const upper = banded.map((point) => at(point, point.high ?? point.y));
  const lower = banded.toReversed().map((point) => at(point, point.low ?? point.y));
  const band = `<polygon class="band ${seriesClass(series)}" points="${[...upper, ...lower].join(" ")}"/>`;
  const dots = points.map((point) => {
    const bounds =
      point.low === undefined || point.high === undefined ? "" : ` (${yText(point.low)} to ${yText(point.high)})`;
    const words = `${name}, ${shortNumber(point.x)}: ${yText(point.y)}${bounds}`;
    return `<circle class="fill ${seriesClass(series)}" cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3"><title>${escapeHtml(words)}</title></circle>`;
  });
  return [
    `<g data-series="${escapeHtml(name)}">`,
    banded.length > 1 ? band : "",
    `<polyline class="stroke ${seriesClass(series)}" points="${points.map((point) => at(point, point.y)).join(" ")}"/>`,
    ...dots,
    "</g>",
  ].join("");
}

/** Names at the curves' ends, pushed down until none covers another. */
function labelPlaces(series: readonly LineSeries[], y: (value: number) => number) {
  const wanted = series.flatMap(({ name, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, place: y(last.y) + 4 }];
  });
  let reached = Number.NEGATIVE_INFINITY;
  return wanted
    .toSorted((a, b) => a.place - b.place)
    .map(({ name, place }) => {
      reached = Math.max(place, reached + labelHeight);
      return { name, place: reached };
    });
}
