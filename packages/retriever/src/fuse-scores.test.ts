import type { Label } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuseScores } from "./fuse-scores.ts";

const side = (...scores: readonly (readonly [label: number, score: number])[]) =>
  scores.map(([label, score]) => ({ label: label as Label, score }));
const anySide = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -50_000, max: 50_000 })), {
    selector: ([label]) => label,
    maxLength: 15,
  })
  .map((scores) => side(...scores.map(([label, score]) => [label, score / 1_000] as const)));
const anyWeight = fc.double({ min: 0, max: 1, noNaN: true });

describe("fuseScores", () => {
  it("gives nothing for nothing", () => {
    expect(fuseScores(side(), side(), 0.5)).toEqual([]);
  });

  it("adds scaled scores by weight and counts an unlisted part as 0", () => {
    const fused = fuseScores(side([1, 0.9], [2, 0.5], [3, 0.1]), side([2, 12], [4, 2]), 0.5);
    expect(fused).toEqual([
      { label: 2, score: 0.75, dense: expect.closeTo(0.5), lexical: 1 },
      { label: 1, score: 0.5, dense: 1 },
      { label: 3, score: 0, dense: 0 },
      { label: 4, score: 0, lexical: 0 },
    ]);
  });

  it("scales a single hit, and equal hits, to 1", () => {
    expect(fuseScores(side([7, -3]), side(), 0.5)).toEqual([{ label: 7, score: 0.5, dense: 1 }]);
    expect(fuseScores(side(), side([8, 2], [7, 2]), 0).map(({ label, score }) => [label, score])).toEqual([
      [7, 1],
      [8, 1],
    ]);
  });

  it("lets no score that is not finite through", () => {
    const fused = fuseScores(side([1, Number.NaN], [2, 1]), side([3, Number.POSITIVE_INFINITY]), 0.5);
    expect(fused).toEqual([{ label: 2, score: 0.5, dense: 1 }]);
  });

  it("counts a label that is listed twice with its better score", () => {
    expect(fuseScores(side([1, 1], [1, 3], [2, 1]), side(), 1)).toEqual([
      { label: 1, score: 1, dense: 1 },
      { label: 2, score: 0, dense: 0 },
    ]);
  });

  it("keeps every label once, in a total order, within 0 and 1", () => {
    fc.assert(
      fc.property(anySide, anySide, anyWeight, (dense, lexical, weight) => {
        const fused = fuseScores(dense, lexical, weight);
        const union = new Set([...dense, ...lexical].map(({ label }) => label));
        expect(fused.map(({ label }) => label).toSorted()).toEqual([...union].toSorted());
        for (const { score } of fused) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
        for (const [index, hit] of fused.entries()) {
          const next = fused[index + 1];
          if (next === undefined) continue;
          expect(hit.score > next.score || (hit.score === next.score && hit.label < next.label)).toBe(true);
        }
      }),
    );
  });

  it("does not depend on the order, the unit or the zero of either side's scores", () => {
    fc.assert(
      fc.property(anySide, anySide, anyWeight, (dense, lexical, weight) => {
        const expected = fuseScores(dense, lexical, weight);
        const moved = dense.toReversed().map(({ label, score }) => ({ label, score: score * 4 + 16 }));
        const scores = new Map(fuseScores(moved, lexical, weight).map(({ label, score }) => [label, score]));
        for (const { label, score } of expected) expect(scores.get(label)).toBeCloseTo(score, 6);
      }),
    );
  });

  it("follows one side alone at the ends of the weight", () => {
    fc.assert(
      fc.property(anySide, anySide, (dense, lexical) => {
        const best = fuseScores(dense, lexical, 1)[0];
        const bestScore = Math.max(...dense.map(({ score }) => score));
        if (dense.length === 0) return;
        expect(dense.find(({ label }) => label === best?.label)?.score).toBe(bestScore);
      }),
    );
  });
});
