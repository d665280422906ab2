import { escapeHtml } from "./escape-html.ts";
import { linearScale, logScale } from "./number-scale.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface StepSeries {
  readonly name: string;
  readonly series: number;
  /** Ascending by x; `y` is above 0. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface StepPlotOptions {
  readonly xTicks: readonly { readonly x: number; readonly name: string }[];
  readonly tickText: (y: number) => string;
  /** Steps upwards are drawn in the colour of a warning, and thicker. @defaultValue true */
  readonly marksRises?: boolean;
}

const margins = { left: 78, right: 20, top: 10, bottom: 30 };
const plotHeight = 280;
const riseSeries = 6; // red in the page's style

/** Values that hold until they change, over a logarithmic scale. */
export function stepPlot(text: PlotText, all: readonly StepSeries[], options: StepPlotOptions): string {
  const area = plotArea(plotHeight, margins);
  const points = all.flatMap((one) => one.points);
  const xs = linearScale([...points.map(({ x }) => x), ...options.xTicks.map(({ x }) => x)]);
  const ys = logScale(points.map(({ y }) => y));
  const left = (x: number) => round(area.x(xs.share(x)));
  const top = (y: number) => round(area.y(ys.share(y)));
  const drawn = all.map(({ name, series, points: own }) => {
    const steps = own.slice(1).map((point, i) => {
      const before = own[i] ?? point;
      const isRise = (options.marksRises ?? true) && point.y > before.y;
      const rise = isRise ? ` style="stroke-width:4"` : "";
      return [
        `<polyline class="stroke ${seriesClass(series)}" points="${left(before.x)},${top(before.y)} ${left(point.x)},${top(before.y)}"/>`,
        `<line class="stroke ${seriesClass(isRise ? riseSeries : series)}"${rise}${isRise ? ' data-rise="true"' : ""} x1="${left(point.x)}" y1="${top(before.y)}" x2="${left(point.x)}" y2="${top(point.y)}"/>`,
      ].join("");
    });
    const dots = own.map(
      ({ x, y, label }) =>
        `<circle class="fill ${seriesClass(series)}" cx="${left(x)}" cy="${top(y)}" r="3"><title>${escapeHtml(`${name}, ${label}`)}</title></circle>`,
    );
    return `<g data-series="${escapeHtml(name)}">${steps.join("")}${dots.join("")}</g>`;
  });
  return svgFrame(text, area, [
    ...ys.ticks.flatMap((tick) => [
      svgLine("grid", area.left, top(tick), area.right, top(tick)),
      svgText(area.left - 6, top(tick) + 4, options.tickText(tick), "end"),
    ]),
    ...options.xTicks.map(({ x, name }) => {
      const share = xs.share(x);
      return svgText(left(x), plotHeight - 10, name, share > 0.9 ? "end" : share < 0.05 ? "start" : "middle");
    }),
    ...drawn,
  ]);
}
