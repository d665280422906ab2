import { escapeHtml } from "./escape-html.ts";
import type { Bounds, PlotArea } from "./plot-area.ts";
import { gridShares, plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

export interface BarGroup {
  readonly name: string;
  readonly bars: readonly (Bounds & { readonly series: number; readonly mean: number })[];
}

const margins = { left: 150, right: 56, top: 8, bottom: 26 };
const barHeight = 12;
const gap = 10;

/** Horizontal bars from 0 to 1, grouped, each with its interval as a line across its end. */
export function barPlot(text: PlotText, groups: readonly BarGroup[], seriesNames: readonly string[]): string {
  const heights = groups.map(({ bars }) => bars.length * barHeight + gap);
  const height = margins.top + heights.reduce((sum, one) => sum + one, 0) + margins.bottom;
  const area = plotArea(height, margins);
  let reached = area.top;
  const drawn = groups.map((group, i) => {
    const start = reached;
    reached += heights[i] ?? 0;
    return groupOfBars(group, start, area, seriesNames);
  });
  const grid = gridShares.flatMap((share) => [
    svgLine("grid", area.x(share), area.top, area.x(share), area.bottom),
    svgText(area.x(share), height - 8, share.toFixed(1), "middle"),
  ]);
  return svgFrame(text, area, [...grid, ...drawn]);
}

function groupOfBars(
  { name, bars }: BarGroup,
  start: number,
  { left, x }: PlotArea,
  seriesNames: readonly string[],
): string {
  const middle = start + (bars.length * barHeight) / 2 + 4;
  const drawn = bars.map(({ series, mean, low, high }, row) => {
    const y = start + row * barHeight;
    const words = `${name}, ${seriesNames[series] ?? ""}: ${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    return [
      `<rect class="fill ${seriesClass(series)}" x="${round(x(0))}" y="${round(y + 1)}" width="${round(x(mean) - x(0))}" height="${barHeight - 2}"><title>${escapeHtml(words)}</title></rect>`,
      svgLine("whisker", x(low), y + barHeight / 2, x(high), y + barHeight / 2),
      svgText(x(Math.max(mean, high)) + 6, y + barHeight - 2, mean.toFixed(3)),
    ].join("");
  });
  return `<g data-group="${escapeHtml(name)}">${svgText(left - 8, middle, name, "end")}${drawn.join("")}</g>`;
}
