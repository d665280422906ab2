import { escapeHtml } from "./escape-html.ts";
import { linearScale } from "./number-scale.ts";
import type { PlotArea } from "./plot-area.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface FanPoint {
  readonly x: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface FanLine {
  readonly series: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A vertical line with its name, such as a month of note. */
export interface FanMark {
  readonly x: number;
  readonly name: string;
}

export interface FanPlotOptions {
  readonly xName: string;
  readonly tickText: (y: number) => string;
  readonly lines?: readonly FanLine[];
  readonly marks?: readonly FanMark[];
}

const margins = { left: 78, right: 20, top: 34, bottom: 40 };
const plotHeight = 320;

/** A line with the band that it lies in, over a free scale; the line at zero is drawn wherever zero is on the page. */
export function fanPlot(text: PlotText, points: readonly FanPoint[], options: FanPlotOptions): string {
  const { lines = [], marks = [] } = options;
  const area = plotArea(plotHeight, margins);
  const xs = linearScale(
    points.map(({ x }) => x),
    8,
  );
  const ys = linearScale([
    0,
    ...points.flatMap(({ low, high }) => [low, high]),
    ...lines.flatMap((line) => line.points.map(({ y }) => y)),
  ]);
  const place = (x: number, y: number) => `${round(area.x(xs.share(x)))},${round(area.y(ys.share(y)))}`;
  const band = [
    ...points.map(({ x, high }) => place(x, high)),
    ...points.toReversed().map(({ x, low }) => place(x, low)),
  ];
  const path = (line: readonly { readonly x: number; readonly y: number }[]) =>
    line.map(({ x, y }) => place(x, y)).join(" ");
  return svgFrame(text, area, [
    ...xs.ticks.map((tick) => svgText(area.x(xs.share(tick)), area.bottom + 16, String(tick), "middle")),
    svgText((area.left + area.right) / 2, plotHeight - 6, options.xName, "middle"),
    ...ys.ticks.flatMap((tick) => [
      svgLine(tick === 0 ? "whisker" : "grid", area.left, area.y(ys.share(tick)), area.right, area.y(ys.share(tick))),
      svgText(area.left - 6, area.y(ys.share(tick)) + 4, options.tickText(tick), "end"),
    ]),
    `<polygon class="band ${seriesClass(0)}" points="${band.join(" ")}"/>`,
    `<polyline class="stroke ${seriesClass(0)}" points="${path(points.map(({ x, middle }) => ({ x, y: middle })))}"/>`,
    ...lines.map((line) => `<polyline class="stroke ${seriesClass(line.series)}" points="${path(line.points)}"/>`),
    ...marks.flatMap((mark, i) => drawMark(mark, i, area, xs.share(mark.x))),
  ]);
}

/** Names stand on two heights in turn, so that neighbours do not cover each other. */
function drawMark({ name }: FanMark, index: number, area: PlotArea, share: number): readonly string[] {
  if (share < 0 || share > 1) return [];
  const x = area.x(share);
  const anchor = share > 0.85 ? "end" : share < 0.15 ? "start" : "middle";
  return [
    `<g data-mark="${escapeHtml(name)}">${svgLine("whisker", x, area.top, x, area.bottom)}${svgText(x, area.top - 6 - 13 * (index % 2), name, anchor)}</g>`,
  ];
}
