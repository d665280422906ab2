import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import { linearScale, shortNumber } from "./scale.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";

const area = plotArea(260, { left: 48, right: 40, top: 14, bottom: 44 });
const binsMax = 40;

/** How often values fall into each of some equal stretches. Those below 0 have a colour of their own. */
export function histogram(
  text: PlotText,
  values: readonly number[],
  { xLabel, xText = shortNumber }: { readonly xLabel: string; readonly xText?: (value: number) => string },
): string {
  if (values.length === 0) return svgFrame(text, area, [svgText(area.left, area.top + 20, "no data")]);
  const scale = linearScale(Math.min(0, ...values), Math.max(0, ...values));
  const bins = Array.from({ length: binsOf(values.length) }, () => ({ below: 0, above: 0 }));
  for (const value of values) {
    const bin = bins[Math.min(bins.length - 1, Math.max(0, Math.floor(scale.share(value) * bins.length)))];
    if (bin === undefined) continue;
    if (value < 0) bin.below += 1;
    else bin.above += 1;
  }
  const most = Math.max(...bins.map(({ below, above }) => below + above));
  const bars = bins.flatMap(({ below, above }, i) => {
    const [from, to] = [area.x(i / bins.length), area.x((i + 1) / bins.length)];
    const bar = (count: number, under: number, series: number, words: string): string => {
      const height = ((area.bottom - area.top) * count) / most;
      const y = area.bottom - ((area.bottom - area.top) * under) / most - height;
      return `<rect class="fill ${seriesClass(series)}" x="${round(from + 0.5)}" y="${round(y)}" width="${round(to - from - 1)}" height="${round(height)}"><title>${escapeHtml(`${count} ${words}`)}</title></rect>`;
    };
    return [
      ...(below > 0 ? [bar(below, 0, 1, "below 0")] : []),
      ...(above > 0 ? [bar(above, below, 0, "at 0 or above")] : []),
    ];
  });
  return svgFrame(text, area, [
    ...scale.ticks.flatMap((tick) => {
      const x = area.x(scale.share(tick));
      return [
        svgLine(tick === 0 ? "zero" : "grid", x, area.top, x, area.bottom),
        svgText(x, area.bottom + 16, xText(tick), "middle"),
      ];
    }),
    ...bars,
    svgText((area.left + area.right) / 2, area.height - 6, xLabel, "middle"),
    svgText(4, 12, `${most}`),
  ]);
}

/** The square root of the count, within what can be seen. */
function binsOf(count: number): number {
  return Math.min(binsMax, Math.max(8, Math.ceil(Math.sqrt(count))));
}
