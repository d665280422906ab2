import { describeVectorIndex } from "@larder/testkit";
import { libraries } from "../test/graph-libraries.ts";
import { embedderId, graphAnswers, underTest } from "../test/temporary-index.ts";
import { openLocalIndex } from "./local-index.ts";

describeVectorIndex("exact search with checkpoints", (dimensions) =>
  underTest(async (folder) => openLocalIndex({ folder, dimensions, embedderId }, undefined)),
);

for (const library of libraries) {
  describeVectorIndex(
    `a graph of ${library.name}`,
    (dimensions) =>
      underTest(async (folder) => openLocalIndex({ folder, dimensions, embedderId, exactVectorsMax: 100 }, library)),
    { recallMin: 0.98, vectors: 2_000, settle: graphAnswers },
  );
}
