import { describe, expect, it } from "vitest";
import { fanPlot } from "./fan-plot.ts";
import { heatPlot } from "./heat-plot.ts";
import { linearScale, logScale } from "./number-scale.ts";
import { stepPlot } from "./step-plot.ts";
import { tornadoPlot } from "./tornado-plot.ts";

const text = { id: "plot", title: "A <plot>", description: "What it shows." };
const money = (value: number) => `$${value}`;

/** Every SVG says what it is, is closed, and holds no figure that is none. */
function expectSound(svg: string): void {
  expect(svg).toContain('<title id="plot-title">A &lt;plot&gt;</title>');
  expect(svg).toContain('aria-labelledby="plot-title plot-desc"');
  expect(svg).toMatch(/<\/svg>$/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

describe("scales", () => {
  it("round their ends outwards and have zero where it lies between", () => {
    expect(linearScale([-15_000, 3_848]).ticks).toEqual([-15_000, -10_000, -5_000, 0, 5_000]);
    expect(linearScale([-15_000, 3_848]).share(5_000)).toBe(1);
    expect(linearScale([]).ticks[0]).toBe(0);
    expect(linearScale([7, 7]).share(7)).toBeGreaterThanOrEqual(0);
  });

  it("take the logarithm of what is above zero", () => {
    const { ticks, share } = logScale([0.01, 1]);
    expect(ticks).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(share(0.1)).toBeCloseTo(0.5, 6);
    expect(share(0)).toBeGreaterThanOrEqual(0);
  });
});

describe("plots over free scales", () => {
  it("draw a fan with its lines, and only the marks that are on the page", () => {
    const points = [0, 10, 20].map((x) => ({ x, low: -x, middle: 0, high: x }));
    const svg = fanPlot(text, points, {
      xName: "months",
      tickText: money,
      lines: [{ series: 1, points: points.map(({ x }) => ({ x, y: x / 2 })) }],
      marks: [
        { x: 10, name: "even" },
        { x: 99, name: "beyond" },
      ],
    });
    expectSound(svg);
    expect(svg).toContain('data-mark="even"');
    expect(svg).not.toContain("beyond");
    expectSound(fanPlot(text, [], { xName: "months", tickText: money }));
  });

  it("draw a tornado whose ends may lie on one side", () => {
    const svg = tornadoPlot(
      text,
      [{ name: "volume", low: { value: -5, name: "0.5x" }, high: { value: 9, name: "2x" } }],
      {
        base: -10,
        tickText: money,
      },
    );
    expectSound(svg);
    expect(svg).toContain('data-bar="volume"');
    expect(svg).not.toMatch(/width="-/);
  });

  it("hatch the cells of what does not exist, and say so in words", () => {
    const svg = heatPlot(
      text,
      [
        [
          { strength: null, text: "never" },
          { strength: 0.5, text: "12" },
        ],
      ],
      {
        ...{ xName: "decline", yName: "bill", columns: ["1x", "2x"], rows: ["$100"] },
        here: { column: 1, row: 0 },
      },
    );
    expectSound(svg);
    expect(svg).toContain('fill="url(#plot-hatch)"');
    expect(svg).toContain("bill $100, decline 1x: never");
  });

  it("draw steps, and the rises in the colour of a warning", () => {
    const series = [{ name: "sku", series: 0, points: [1, 3, 2].map((y, x) => ({ x, y, label: `${y}` })) }];
    const svg = stepPlot(text, series, { xTicks: [{ x: 0, name: "2026" }], tickText: money });
    expectSound(svg);
    expect(svg.match(/data-rise/g)).toHaveLength(1);
    expectSound(stepPlot(text, [], { xTicks: [], tickText: money }));
  });
});
