import { escapeHtml } from "./escape-html.ts";
import { linearScale } from "./number-scale.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface TornadoPlotBar {
  readonly name: string;
  readonly low: TornadoPlotEnd;
  readonly high: TornadoPlotEnd;
}

/** Where a bar ends, and what was assumed there. */
export interface TornadoPlotEnd {
  readonly value: number;
  readonly name: string;
}

const margins = { left: 190, right: 70, top: 8, bottom: 30 };
const rowHeight = 24;

/** One bar a figure, from its result at one end to its result at the other, about the result as it is planned. */
export function tornadoPlot(
  text: PlotText,
  bars: readonly TornadoPlotBar[],
  { base, tickText }: { readonly base: number; readonly tickText: (value: number) => string },
): string {
  const height = margins.top + bars.length * rowHeight + margins.bottom;
  const area = plotArea(height, margins);
  const scale = linearScale([0, base, ...bars.flatMap(({ low, high }) => [low.value, high.value])]);
  const x = (value: number) => area.x(scale.share(value));
  return svgFrame(text, area, [
    ...scale.ticks.flatMap((tick) => [
      svgLine("grid", x(tick), area.top, x(tick), area.bottom),
      svgText(x(tick), height - 10, tickText(tick), "middle"),
    ]),
    ...bars.map((bar, i) => drawBar(bar, area.top + i * rowHeight)),
    svgLine("whisker", x(base), area.top, x(base), area.bottom),
  ]);

  function drawBar({ name, low, high }: TornadoPlotBar, top: number): string {
    const half = (end: TornadoPlotEnd, series: number) => {
      const words = `${name} ${end.name}: ${tickText(end.value)}`;
      const [from, to] = [Math.min(x(base), x(end.value)), Math.max(x(base), x(end.value))];
      return `<rect class="fill ${seriesClass(series)}" x="${round(from)}" y="${round(top + 4)}" width="${round(to - from)}" height="${rowHeight - 8}"><title>${escapeHtml(words)}</title></rect>`;
    };
    const isLowLeft = low.value <= high.value;
    const [left, right] = isLowLeft ? [low, high] : [high, low];
    return [
      `<g data-bar="${escapeHtml(name)}">`,
      svgText(4, top + 16, name),
      half(low, 0),
      half(high, 1),
      svgText(Math.min(x(left.value), x(base)) - 4, top + 16, left.name, "end"),
      svgText(Math.max(x(right.value), x(base)) + 4, top + 16, right.name),
      "</g>",
    ].join("");
  }
}
