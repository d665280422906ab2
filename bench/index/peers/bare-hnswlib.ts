import { join } from "node:path";
import { graphParameters } from "@larder/vector-index";
import type { BareGraph } from "../hnsw-library.ts";
import { createBareGraph } from "../hnsw-library.ts";
import type { OpenIndex, Peer, Shape } from "../peer.ts";
import { usualEfs } from "../peer.ts";
import { readBlocks } from "../vector-blocks.ts";

const fileOf = ({ folder }: Shape): string => join(folder, "graph.hnsw");

function opened(graph: BareGraph): OpenIndex {
  return {
    setEf: (ef) => graph.setEf(ef),
    search: (query, k) => graph.searchKnn(Array.from(query), k).neighbors,
    close: async () => undefined,
  };
}

/** In the caller's process and as its README shows: nothing between the caller and the library. */
export const bareHnswlib: Peer = {
  efs: usualEfs,
  async build(file, shape, progress) {
    const graph = createBareGraph(shape.dimensions);
    graph.initIndex(shape.count, graphParameters.m, graphParameters.efConstruction, 100);
    for (const block of readBlocks(file, shape.dimensions)) {
      for (let i = 0; i < block.count; i++) graph.addPoint(Array.from(block.row(i)), block.first + i);
      progress(block.first + block.count);
      await new Promise((resolve) => setImmediate(resolve)); // so that the end of the parent is heard of
    }
    graph.writeIndexSync(fileOf(shape));
    return opened(graph);
  },
  async open(shape, ef = graphParameters.efSearch) {
    const graph = createBareGraph(shape.dimensions);
    graph.readIndexSync(fileOf(shape));
    graph.setEf(ef); // the file does not hold it
    return opened(graph);
  },
};

/** With as many candidates as Larder's graph looks at: what is left between the two is the port. */
export const bareHnswlibAlike: Peer = { ...bareHnswlib, efs: [graphParameters.efSearch] };
