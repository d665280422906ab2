import type { Label, VectorCollectionId, VectorSearchResult } from "@larder/contracts";
import { expect, it } from "vitest";
import { mergeResults, partCountOf, partId } from "./collection-parts.ts";

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

it("knows of how many parts an index is one by its name", () => {
  const id = "kb_01" as VectorCollectionId;
  expect([id, partId(id, 1, 2), partId(id, 0, 12)].map(partCountOf)).toEqual([1, 2, 12]);
});
