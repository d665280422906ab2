import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, seriesClass, svgFrame, svgText } from "./svg-frame.ts";

export interface LadderStep {
  readonly name: string;
  /** At least 0. */
  readonly value: number;
  readonly text: string;
  /** Drawn hatched: somebody else's doing, which is not claimed. */
  readonly isHatched: boolean;
}

const margins = { left: 220, right: 110, top: 8, bottom: 8 };
const barHeight = 26;

/** Bars below each other on one linear scale from 0, so that a step of a tenth is a tenth as long. */
export function ladderPlot(text: PlotText, steps: readonly LadderStep[]): string {
  const area = plotArea(margins.top + steps.length * barHeight + margins.bottom, margins);
  const most = Math.max(...steps.map(({ value }) => value), Number.EPSILON);
  const hatch = `${text.id}-hatch`;
  const bars = steps.map(({ name, value, text: words, isHatched }, row) => {
    const y = area.top + row * barHeight;
    const width = Math.max(1, area.x(value / most) - area.left);
    const fill = isHatched ? `fill="url(#${hatch})" class="hatched"` : `class="fill ${seriesClass(0)}"`;
    const told = `${name}: ${words}${isHatched ? ", not claimed" : ""}`;
    return [
      svgText(area.left - 8, y + 16, name, "end"),
      `<rect ${fill} x="${area.left}" y="${y + 4}" width="${round(width)}" height="${barHeight - 8}"><title>${escapeHtml(told)}</title></rect>`,
      svgText(area.left + width + 6, y + 16, words),
    ].join("");
  });
  const pattern = `<defs><pattern id="${hatch}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>`;
  return svgFrame(text, area, [pattern, ...bars]);
}
