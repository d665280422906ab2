export { type BarGroup, barPlot } from "./bar-plot.ts";
export { escapeHtml } from "./escape-html.ts";
export { htmlTable } from "./html-table.ts";
export { pageStyle } from "./page-style.ts";
export { gridShares, type Interval, type Margins, type PlotArea, plotArea } from "./plot-area.ts";
export { legend, type PlotText, round, seriesClass, svgFrame, svgLine, svgText } from "./svg-frame.ts";
