import type { VectorIndexUnderTest } from "@larder/testkit";
import { describeVectorIndex, killHost, vectorIndexCollections } from "@larder/testkit";
import { afterAll, describe, it } from "vitest";
import { call, embedderId, graphAnswers, underTest } from "../test/temporary-index.ts";
import { loadHnswLibrary } from "./hnsw-library.ts";
import type { HostedIndex } from "./hosted-index.ts";
import { openVectorIndex } from "./hosted-index.ts";

const shared: VectorIndexUnderTest[] = [];
afterAll(() => Promise.all(shared.map((subject) => subject[Symbol.asyncDispose]())));

/** Starting a process takes most of a second, so the tests share one and leave it empty. */
function sharedHost(exactVectorsMax: number): (dimensions: number) => Promise<VectorIndexUnderTest> {
  let host: VectorIndexUnderTest | undefined;
  return async (dimensions) => {
    if (host === undefined) {
      host = await underTest((folder) => openVectorIndex({ folder, dimensions, embedderId, exactVectorsMax }, call));
      shared.push(host);
    }
    const { reopen } = host;
    let { index } = host;
    return {
      index,
      crash: () => killHost(index as HostedIndex), // as it was opened above
      async reopen() {
        index = (await reopen?.()) ?? index;
        return index;
      },
      async [Symbol.asyncDispose]() {
        await Promise.all(vectorIndexCollections.map((collection) => index.drop(collection, call)));
      },
    };
  };
}

describeVectorIndex("exact search in its own process", sharedHost(1_000));

if ((await loadHnswLibrary()) === undefined) {
  describe.skip("a graph in its own process", () => it("needs hnswlib-node, which is not installed here"));
} else {
  describeVectorIndex("a graph in its own process", sharedHost(100), {
    recallMin: 0.98,
    vectors: 1_000,
    settle: graphAnswers,
  });
}
