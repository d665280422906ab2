import fc from "fast-check";
import { expect, it } from "vitest";
import { ScoredHeap } from "./scored-heap.ts";

const scores = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 900 });

it("gives back what was put in, the least first, beyond the room it began with", () => {
  fc.assert(
    fc.property(scores, (put) => {
      const heap = new ScoredHeap();
      for (const [node, score] of put.entries()) heap.push(score, node);
      const found: number[] = [];
      for (; heap.size > 0; heap.pop()) {
        expect(put[heap.leastNode]).toBe(heap.leastScore);
        found.push(heap.leastScore);
      }
      expect(found).toEqual(put.toSorted((a, b) => a - b));
    }),
  );
});

it("keeps the greatest when the least is replaced", () => {
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 40 }), (put, kept) => {
      const heap = new ScoredHeap();
      for (const [node, score] of put.entries()) {
        if (heap.size < kept) heap.push(score, node);
        else if (score > heap.leastScore) heap.replaceLeast(score, node);
      }
      const found = Array.from({ length: heap.size }, (_, place) => heap.scoreAt(place));
      const wanted = put.toSorted((a, b) => b - a).slice(0, kept);
      expect(found.toSorted((a, b) => b - a)).toEqual(wanted);
    }),
  );
});
