import { escapeHtml } from "./escape-html.ts";
import { plotArea } from "./plot-area.ts";
import type { PlotText } from "./svg-frame.ts";
import { round, svgFrame, svgText } from "./svg-frame.ts";

export interface HeatCell {
  /** 0 … 1: how strongly the cell is coloured; `null` is drawn as a hatch, for what does not exist. */
  readonly strength: number | null;
  /** Short enough to stand in the cell. */
  readonly text: string;
}

export interface HeatPlotOptions {
  readonly xName: string;
  readonly yName: string;
  readonly columns: readonly string[];
  /** From the bottom up. */
  readonly rows: readonly string[];
  /** Drawn with a frame: where the reader is now. */
  readonly here?: { readonly column: number; readonly row: number };
}

const margins = { left: 96, right: 12, top: 8, bottom: 44 };
const rowHeight = 24;

/** A table of coloured cells. Every cell says its value in words too, so that nothing depends on colour. */
export function heatPlot(text: PlotText, cells: readonly (readonly HeatCell[])[], options: HeatPlotOptions): string {
  const { columns, rows, here } = options;
  const height = margins.top + rows.length * rowHeight + margins.bottom;
  const area = plotArea(height, margins);
  const width = (area.right - area.left) / Math.max(1, columns.length);
  const hatch = `${text.id}-hatch`;
  const top = (row: number) => area.bottom - (row + 1) * rowHeight;
  const drawn = cells.flatMap((line, row) =>
    line.map(({ strength, text: words }, column) => {
      const [x, y] = [area.left + column * width, top(row)];
      const place = `x="${round(x)}" y="${round(y)}" width="${round(width - 1)}" height="${rowHeight - 1}"`;
      const paint =
        strength === null ? `fill="url(#${hatch})"` : `class="fill s0" opacity="${round(0.15 + 0.55 * strength)}"`;
      const title = `${options.yName} ${rows[row] ?? ""}, ${options.xName} ${columns[column] ?? ""}: ${words}`;
      return `<g><title>${escapeHtml(title)}</title><rect ${paint} ${place}/>${svgText(x + width / 2, y + 16, words, "middle")}</g>`;
    }),
  );
  return svgFrame(text, area, [
    `<defs><pattern id="${hatch}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="grid" x1="0" y1="0" x2="0" y2="6" stroke-width="3"/></pattern></defs>`,
    ...drawn,
    ...(here === undefined
      ? []
      : [
          `<rect class="stroke s1" x="${round(area.left + here.column * width)}" y="${round(top(here.row))}" width="${round(width - 1)}" height="${rowHeight - 1}"/>`,
        ]),
    ...rows.map((name, row) => svgText(area.left - 6, top(row) + 16, name, "end")),
    ...columns.map((name, column) => svgText(area.left + (column + 0.5) * width, area.bottom + 16, name, "middle")),
    svgText((area.left + area.right) / 2, height - 6, options.xName, "middle"),
  ]);
}
