import { describeVectorIndex } from "@larder/testkit";
import { describe, it } from "vitest";
import { embedderId, graphAnswers, underTest } from "../test/temporary-index.ts";
import { loadHnswLibrary } from "./hnsw-library.ts";
import { openLocalIndex } from "./local-index.ts";

const library = await loadHnswLibrary();

describeVectorIndex("exact search with checkpoints", (dimensions) =>
  underTest(async (folder) => openLocalIndex({ folder, dimensions, embedderId }, undefined)),
);

if (library === undefined) describe.skip("a graph", () => it("needs hnswlib-node, which is not installed here"));
else {
  describeVectorIndex(
    "a graph",
    (dimensions) =>
      underTest(async (folder) => openLocalIndex({ folder, dimensions, embedderId, exactVectorsMax: 100 }, library)),
    { recallMin: 0.98, vectors: 2_000, settle: graphAnswers },
  );
}
