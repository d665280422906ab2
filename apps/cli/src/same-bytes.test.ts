import { expect, it } from "vitest";
import type { IngestOutcome } from "./ingest-outcome.ts";
import { tellSameBytes } from "./same-bytes.ts";

const of = (name: string, outcome: IngestOutcome["outcome"], documentId?: string): IngestOutcome => ({
  ...{ name, outcome },
  ...(documentId === undefined ? {} : { documentId }),
});
const told = (outcomes: readonly IngestOutcome[]) =>
  tellSameBytes(outcomes).map(({ name, outcome, sameBytesAs }) => [name, outcome, sameBytesAs]);

it("names the item that brought the bytes, wherever it stands", () => {
  expect(told([of("a", "unchanged", "doc_1"), of("b", "added", "doc_1"), of("c", "unchanged", "doc_1")])).toEqual([
    ["a", "duplicate", "b"],
    ["b", "added", undefined],
    ["c", "duplicate", "b"],
  ]);
});

it("names the first where all were there, and leaves single and failed ones", () => {
  const run = [
    of("a", "unchanged", "doc_1"),
    of("b", "unchanged", "doc_1"),
    of("c", "unchanged", "doc_2"),
    of("d", "failed"),
    of("e", "failed", "doc_3"),
    of("f", "failed", "doc_3"),
  ];
  expect(told(run).map(([, outcome]) => outcome)).toEqual([
    ...["unchanged", "duplicate", "unchanged", "failed", "failed", "failed"],
  ]);
});
