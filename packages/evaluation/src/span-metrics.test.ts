import { describe, expect, it } from "vitest";
import { evidenceRecall, scoreSpans, spanRecall } from "./span-metrics.ts";

const at = (start: number, end: number, documentId = "d") => ({ documentId, start, end });

describe("scoreSpans", () => {
  it.each([
    // 10 gold characters, 40 retrieved, 10 shared
    { what: "all gold in one passage", gold: [at(10, 20)], found: [at(0, 40)], recall: 1, precision: 0.25, iou: 0.25 },
    // 5 shared; 10 + 10 - 5 in the union
    { what: "half of it", gold: [at(10, 20)], found: [at(15, 25)], recall: 0.5, precision: 0.5, iou: 5 / 15 },
    // overlap is paid for: 80 retrieved, 10 shared
    {
      what: "the same passage twice",
      gold: [at(10, 20)],
      found: [at(0, 40), at(0, 40)],
      recall: 1,
      precision: 0.125,
      iou: 0.125,
    },
    { what: "another document", gold: [at(10, 20)], found: [at(10, 20, "e")], recall: 0, precision: 0, iou: 0 },
    { what: "nothing", gold: [at(10, 20)], found: [], recall: 0, precision: 0, iou: 0 },
    { what: "no gold", gold: [], found: [at(0, 4)], recall: 0, precision: 0, iou: 0 },
    // gold that overlaps itself is 15 characters
    { what: "overlapping gold", gold: [at(0, 10), at(5, 15)], found: [at(0, 15)], recall: 1, precision: 1, iou: 1 },
  ])("scores $what", ({ gold, found, recall, precision, iou }) => {
    const scores = scoreSpans(gold, found);
    expect(scores.recall).toBeCloseTo(recall, 10);
    expect(scores.precision).toBeCloseTo(precision, 10);
    expect(scores.intersectionOverUnion).toBeCloseTo(iou, 10);
  });

  it("gives the recall alone under its own name", () => {
    expect(evidenceRecall([at(0, 10)], [at(0, 3), at(2, 4)])).toBeCloseTo(0.4);
  });
});

describe("spanRecall", () => {
  it("finds a span when at least half of it was retrieved", () => {
    expect(spanRecall([at(0, 10), at(20, 30)], [at(5, 24)])).toBe(0.5);
    expect(spanRecall([at(0, 10)], [at(0, 3), at(6, 8)])).toBe(1);
    expect(spanRecall([], [at(0, 3)])).toBe(0);
  });
});
