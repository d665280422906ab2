import { escapeHtml } from "./escape-html.ts";

export interface PlotText {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see the plot should know of it. */
  readonly description: string;
}

/** An SVG that scales with the page and says what it shows. */
export function svgFrame(
  { id, title, description }: PlotText,
  size: { readonly width: number; readonly height: number },
  inside: readonly string[],
): string {
  return [
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escapeHtml(title)}</title>`,
    `<desc id="${id}-desc">${escapeHtml(description)}</desc>`,
    ...inside,
    "</svg>",
  ].join("\n");
}

export function svgText(x: number, y: number, text: string, anchor: "start" | "middle" | "end" = "start"): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

export function svgLine(className: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${className}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Class of the n-th series: its colour and dashes are in the page's style. They repeat after eight. */
export function seriesClass(index: number): string {
  return `s${index % 8}`;
}

/** Names beside their colours. `order` gives each name its number among all series of the page. */
export function legend(names: readonly string[], order: readonly string[]): string {
  const items = names.map(
    (name) =>
      `<li><svg viewBox="0 0 28 10" aria-hidden="true"><line class="stroke ${seriesClass(order.indexOf(name))}" x1="0" y1="5" x2="28" y2="5"/></svg>${escapeHtml(name)}</li>`,
  );
  return `<ul class="legend">${items.join("")}</ul>`;
}
