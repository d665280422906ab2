import type { VectorIndexUnderTest } from "@larder/testkit";
import { describeVectorIndex, killHost, vectorIndexCollections } from "@larder/testkit";
import { afterAll } from "vitest";
import { libraries } from "../test/graph-libraries.ts";
import { call, embedderId, graphAnswers, underTest } from "../test/temporary-index.ts";
import type { HostedIndex, VectorIndexOptions } from "./hosted-index.ts";
import { openVectorIndex } from "./hosted-index.ts";

const shared: VectorIndexUnderTest[] = [];
afterAll(() => Promise.all(shared.map((subject) => subject[Symbol.asyncDispose]())));

/** Starting a process takes most of a second, so the tests share one and leave it empty. */
function sharedHost(
  options: Pick<VectorIndexOptions, "exactVectorsMax" | "graphs">,
): (dimensions: number) => Promise<VectorIndexUnderTest> {
  let host: VectorIndexUnderTest | undefined;
  return async (dimensions) => {
    if (host === undefined) {
      host = await underTest((folder) => openVectorIndex({ folder, dimensions, embedderId, ...options }, call));
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

describeVectorIndex("exact search in its own process", sharedHost({ exactVectorsMax: 1_000 }));

for (const { name: graphs } of libraries) {
  describeVectorIndex(`a graph of ${graphs} in its own process`, sharedHost({ exactVectorsMax: 100, graphs }), {
    recallMin: 0.98,
    vectors: 1_000,
    settle: graphAnswers,
  });
}
