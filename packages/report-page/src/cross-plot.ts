import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import { linearScale, logScale, shortNumber } from "./scale.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface CrossPoint {
  readonly name: string;
  readonly series: number;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

const area = plotArea(360, { left: 64, right: 200, top: 22, bottom: 46 });

const labelX = area.right + 8;
const labelHeight = 14;

/** Names in a column beside the plot, in the order of the points' heights, none over another; as high up as they can be. */
function labelled(points: readonly CrossPoint[], y: (value: number) => number) {
  const ordered = points.toSorted((a, b) => b.y - a.y || a.x - b.x);
  let reached = area.top - labelHeight;
  return ordered.map((point, i) => {
    const room = area.bottom - (ordered.length - 1 - i) * labelHeight;
    reached = Math.max(reached + labelHeight, Math.min(y(point.y) + 4, room));
    return { point, place: reached };
  });
}

/** Points over a logarithmic x, each with the interval of its y as a line. Points without an x above 0 are left out. */
export function crossPlot(
  text: PlotText,
  all: readonly CrossPoint[],
  options: { readonly xLabel: string; readonly yLabel: string; yText(value: number): string },
): string {
  const points = all.filter(({ x }) => x > 0);
  if (points.length === 0) return svgFrame(text, area, [svgText(area.left, area.top + 20, "no data")]);
  const xs = points.map(({ x }) => x);
  const xScale = logScale(Math.min(...xs) * 0.8, Math.max(...xs) * 1.25);
  const yScale = linearScale(Math.min(...points.map(({ low }) => low)), Math.max(...points.map(({ high }) => high)));
  const x = (value: number): number => area.x(xScale.share(value));
  const y = (value: number): number => area.y(yScale.share(value));
  return svgFrame(text, area, [
    ...yScale.ticks.flatMap((tick) => [
      svgLine("grid", area.left, y(tick), area.right, y(tick)),
      svgText(area.left - 6, y(tick) + 4, options.yText(tick), "end"),
    ]),
    ...xScale.ticks.map((tick) => svgText(x(tick), area.bottom + 18, shortNumber(tick), "middle")),
    svgText((area.left + area.right) / 2, area.height - 6, options.xLabel, "middle"),
    svgText(4, 12, options.yLabel),
    ...labelled(points, y).map(({ point, place }) => {
      const words = `${point.name}: ${options.yText(point.y)} at ${shortNumber(point.x)}`;
      return [
        `<g data-point="${escapeHtml(point.name)}">`,
        svgLine("whisker", x(point.x), y(point.low), x(point.x), y(point.high)),
        `<circle class="fill ${seriesClass(point.series)}" cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="5"><title>${escapeHtml(words)}</title></circle>`,
        svgLine("grid", x(point.x), y(point.y), labelX, place - 4),
        svgText(labelX + 4, place, point.name),
        "</g>",
      ].join("");
    }),
  ]);
}
