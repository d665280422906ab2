import { describe, expect, it } from "vitest";
import { crossPlot } from "./cross-plot.ts";
import { histogram } from "./histogram.ts";
import { ladderPlot } from "./ladder-plot.ts";
import { linePlot } from "./line-plot.ts";
import { stackedBar } from "./stacked-bar.ts";

const text = { id: "p", title: "A <plot>", description: "What it shows." };
const axes = { xLabel: "tokens", yLabel: "recall" };
const points = [
  { x: 256, y: 0.2, low: 0.1, high: 0.3 },
  { x: 4_096, y: 0.9, low: 0.8, high: 0.95 },
];
const percent = (value: number) => `${100 * value} %`;

describe.each([
  ["a line plot", linePlot(text, [{ name: "us & them", series: 0, points }], axes)],
  [
    "a line plot of losses",
    linePlot(text, [{ name: "us & them", series: 1, points: [{ x: 1_000, y: -1.07 }] }], {
      ...axes,
      hasZeroLine: true,
    }),
  ],
  ["a ladder", ladderPlot(text, [{ name: "us & them", value: 3, text: "$3", isHatched: true }])],
  ["a histogram", histogram(text, [-2, -1, 0, 1, 5, 5], { xLabel: "us & them" })],
  ["a stacked bar", stackedBar(text, [{ name: "us & them", value: 3, series: 0 }], String)],
  [
    "crosses",
    crossPlot(text, [{ name: "us & them", series: 0, x: 3, y: 0.5, low: 0.4, high: 0.6 }], { ...axes, yText: percent }),
  ],
])("%s", (_, svg) => {
  it("says what it shows to whoever cannot see it", () => {
    expect(svg).toContain('role="img" aria-labelledby="p-title p-desc"');
    expect(svg).toContain('<title id="p-title">A &lt;plot&gt;</title>');
    expect(svg).toContain('<desc id="p-desc">What it shows.</desc>');
  });

  it("shows names as text and draws no number that is not one", () => {
    expect(svg).toContain("us &amp; them");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it("draws nothing of nothing", () => {
  for (const svg of [
    linePlot(text, [], axes),
    ladderPlot(text, []),
    histogram(text, [], { xLabel: "x" }),
    stackedBar(text, [], String),
    crossPlot(text, [], { ...axes, yText: percent }),
  ]) {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
});

it("hatches what is not claimed, and colours losses apart", () => {
  expect(ladderPlot(text, [{ name: "cache", value: 1, text: "$1", isHatched: true }])).toContain(
    'fill="url(#p-hatch)"',
  );
  const bars = histogram(text, [-1, 1], { xLabel: "saved" });
  expect(bars).toContain('class="fill s1"');
  expect(bars).toContain('class="fill s0"');
});

it("keeps the parts of a bar in their proportions", () => {
  const widths = [
    ...stackedBar(
      text,
      [
        { name: "a", value: 1, series: 0 },
        { name: "b", value: 3, series: 1 },
      ],
      String,
    ).matchAll(/width="([\d.]+)"/g),
  ].map(([, width]) => Number(width));
  expect(widths[1]).toBeCloseTo(3 * (widths[0] ?? 0), 0);
});
