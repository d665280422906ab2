export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a plot is drawn, in the units of its SVG: the edges inside the margins, and shares from 0 to 1 between them. */
export interface PlotArea extends Margins {
  readonly width: number;
  readonly height: number;
  /** From the left edge to the right. */
  x(share: number): number;
  /** From the bottom edge to the top. */
  y(share: number): number;
}

/** Between what a mean of shares lies. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const plotWidth = 720;

/** Shares at which a line helps the eye. */
export const gridShares = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

export function plotArea(height: number, margins: Margins): PlotArea {
  const { left, top } = margins;
  const right = plotWidth - margins.right;
  const bottom = height - margins.bottom;
  return {
    ...{ width: plotWidth, height, left, right, top, bottom },
    x: (share) => left + share * (right - left),
    y: (share) => top + (1 - share) * (bottom - top),
  };
}
