import type { Label } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScoreSide } from "./fuse-scores.ts";
import { fuseScores, scaleToUnit } from "./fuse-scores.ts";

const side = (weight: number, ...scores: readonly (readonly [label: number, score: number])[]): ScoreSide => ({
  hits: scores.map(([label, score]) => ({ label: label as Label, score })),
  weight,
});
const anySide = fc
  .record({
    scores: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -50_000, max: 50_000 })), {
      selector: ([label]) => label,
      maxLength: 15,
    }),
    weight: fc.double({ min: 0, max: 5, noNaN: true }),
  })
  .map(({ scores, weight }) => side(weight, ...scores.map(([label, score]) => [label, score / 1_000] as const)));
const anySides = fc.array(anySide, { maxLength: 4 });

describe("fuseScores", () => {
  it("gives nothing for nothing", () => {
    expect(fuseScores([])).toEqual([]);
    expect(fuseScores([side(1), side(1)])).toEqual([]);
  });

  it("adds scaled scores by weight and counts an unlisted part as 0", () => {
    expect(fuseScores([side(1, [1, 0.9], [2, 0.5], [3, 0.1]), side(1, [2, 12], [4, 2])])).toEqual([
      { label: 2, score: 0.75, parts: [expect.closeTo(0.5), 1] },
      { label: 1, score: 0.5, parts: [1, undefined] },
      { label: 3, score: 0, parts: [0, undefined] },
      { label: 4, score: 0, parts: [undefined, 0] },
    ]);
  });

  it("divides weights by their sum, and gives 0 without any", () => {
    const three = (...weights: readonly number[]) =>
      fuseScores(weights.map((weight, i) => side(weight, [1, i === 0 ? 2 : 1], [2, 1])))[0]?.score;
    expect(three(3, 4, 3)).toBeCloseTo(1);
    expect(fuseScores([side(30, [1, 1], [2, 0]), side(70, [2, 1], [1, 0])]).map(({ score }) => score)).toEqual([
      expect.closeTo(0.7),
      expect.closeTo(0.3),
    ]);
    expect(fuseScores([side(0, [2, 5], [1, 1])])).toEqual([
      { label: 1, score: 0, parts: [0] },
      { label: 2, score: 0, parts: [1] },
    ]);
  });

  it("scales a single hit, and equal hits, to 1", () => {
    expect(fuseScores([side(1, [7, -3]), side(1)])).toEqual([{ label: 7, score: 0.5, parts: [1, undefined] }]);
    expect(fuseScores([side(0), side(1, [8, 2], [7, 2])]).map(({ label, score }) => [label, score])).toEqual([
      [7, 1],
      [8, 1],
    ]);
  });

  it("lets no score that is not finite through", () => {
    const fused = fuseScores([side(1, [1, Number.NaN], [2, 1]), side(1, [3, Number.POSITIVE_INFINITY])]);
    expect(fused).toEqual([{ label: 2, score: 0.5, parts: [1, undefined] }]);
  });

  it("counts a label that is listed twice with its better score", () => {
    expect(fuseScores([side(1, [1, 1], [1, 3], [2, 1])])).toEqual([
      { label: 1, score: 1, parts: [1] },
      { label: 2, score: 0, parts: [0] },
    ]);
  });

  it("keeps every label once, in a total order, within 0 and 1", () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const fused = fuseScores(sides);
        const union = new Set(sides.flatMap(({ hits }) => hits.map(({ label }) => label)));
        expect(fused.map(({ label }) => label).toSorted()).toEqual([...union].toSorted());
        for (const { score, parts } of fused) {
          expect(parts).toHaveLength(sides.length);
          for (const value of [score, ...parts]) {
            expect(value ?? 0).toBeGreaterThanOrEqual(0);
            expect(value ?? 0).toBeLessThanOrEqual(1);
          }
        }
        for (const [index, hit] of fused.entries()) {
          const next = fused[index + 1];
          if (next === undefined) continue;
          expect(hit.score > next.score || (hit.score === next.score && hit.label < next.label)).toBe(true);
        }
      }),
    );
  });

  it("does not depend on the order of hits, nor on the unit or the zero of a side's scores", () => {
    fc.assert(
      fc.property(anySides, fc.nat(3), (sides, moved) => {
        const other = sides.map((each, i) => {
          const hits = each.hits.toReversed();
          return i === moved
            ? { ...each, hits: hits.map((hit) => ({ ...hit, score: hit.score * 4 + 16 })) }
            : { ...each, hits };
        });
        const scores = new Map(fuseScores(other).map(({ label, score }) => [label, score]));
        for (const { label, score } of fuseScores(sides)) expect(scores.get(label)).toBeCloseTo(score, 6);
      }),
    );
  });

  it("follows one side alone when it has all the weight", () => {
    fc.assert(
      fc.property(anySide, anySide, ({ hits }, other) => {
        const best = fuseScores([
          { hits, weight: 0.3 },
          { ...other, weight: 0 },
        ])[0];
        if (hits.length === 0) return;
        const bestScore = Math.max(...hits.map(({ score }) => score));
        expect(hits.find(({ label }) => label === best?.label)?.score).toBe(bestScore);
      }),
    );
  });
});

describe("scaleToUnit", () => {
  it.each([
    [[], []],
    [[4], [1]],
    [
      [4, 4],
      [1, 1],
    ],
    [
      [1, 3, 2],
      [0, 1, 0.5],
    ],
    [
      [-1, 0],
      [0, 1],
    ],
  ])("scales %j to %j", (scores, expected) => {
    expect([...scaleToUnit(new Map(scores.entries())).values()]).toEqual(expected);
  });
});
