import type { Label, VectorSearchResult } from "@larder/contracts";
import { expect, it } from "vitest";
import { mergeResults } from "./collection-parts.ts";

const found = (label: number, score: number, appliedSequence: number): VectorSearchResult => ({
  hits: [{ label: label as Label, score }],
  appliedSequence,
});

it("gives the best of all parts, as of the sequence that they share", () => {
  expect(mergeResults([found(2, 0.5, 7), found(3, 0.9, 7)], 1)).toEqual(found(3, 0.9, 7));
});

it("is of no sequence when a part missed what the others were given, and may show neither old nor new", () => {
  expect(mergeResults([found(2, 0.5, 7), found(3, 0.9, 8)], 2).appliedSequence).toBe(0);
});
