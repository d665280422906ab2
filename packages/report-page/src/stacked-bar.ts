import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgText } from "./svg-frame.ts";

export interface StackedPart {
  readonly name: string;
  /** At least 0. */
  readonly value: number;
  readonly series: number;
}

const area = plotArea(64, { left: 8, right: 8, top: 22, bottom: 8 });
/** What a name takes at 11 pixels, generously; narrower parts are named in the legend and the table alone. */
const labelWidthOf = (name: string) => Math.max(70, 7 * name.length);

/** Parts of one whole side by side. */
export function stackedBar(
  text: PlotText,
  parts: readonly StackedPart[],
  valueText: (value: number) => string,
): string {
  const total = parts.reduce((sum, { value }) => sum + value, 0) || 1;
  let reached = 0;
  const drawn = parts.map(({ name, value, series }) => {
    const [from, to] = [area.x(reached / total), area.x((reached + value) / total)];
    reached += value;
    const words = `${name}: ${valueText(value)}`;
    const label = to - from >= labelWidthOf(name) ? svgText((from + to) / 2, 14, name, "middle") : "";
    return `${label}<rect class="fill ${seriesClass(series)}" x="${round(from)}" y="${area.top}" width="${round(to - from)}" height="${area.bottom - area.top}"><title>${escapeHtml(words)}</title></rect>`;
  });
  return svgFrame(text, area, drawn);
}
