import { join } from "node:path";
import { graphParameters } from "@larder/vector-index";
import type { MetricKind, ScalarKind } from "usearch";
import library from "usearch";
import type { OpenIndex, Peer, Shape } from "../peer.ts";
import { usualEfs } from "../peer.ts";
import { readBlocks } from "../vector-blocks.ts";

type Graph = InstanceType<typeof library.Index>;

const fileOf = ({ folder }: Shape): string => join(folder, "graph.usearch");

function createGraph({ dimensions }: Shape, expansionSearch: number): Graph {
  return new library.Index({
    dimensions,
    metric: "ip" as MetricKind.IP, // its enums are values that no import of types can reach
    quantization: "f32" as ScalarKind.F32,
    connectivity: graphParameters.m,
    expansion_add: graphParameters.efConstruction,
    expansion_search: expansionSearch,
    multi: false,
  });
}

function opened(shape: Shape, first: Graph): OpenIndex {
  let graph = first;
  return {
    setEf(ef) {
      graph = loadGraph(shape, ef); // it takes the number when it is made and no later
    },
    search: (query, k) => Array.from(graph.search(query, k, 1).keys, Number),
    close: async () => undefined,
  };
}

function loadGraph(shape: Shape, ef: number): Graph {
  const graph = createGraph(shape, ef);
  graph.load(fileOf(shape));
  return graph;
}

/** In the caller's process. One thread builds, as in hnswlib-node, whose build could use more as well. */
export const usearch: Peer = {
  efs: usualEfs,
  async build(file, shape, progress) {
    const graph = createGraph(shape, graphParameters.efSearch);
    for (const block of readBlocks(file, shape.dimensions)) {
      const keys = BigUint64Array.from({ length: block.count }, (_, i) => BigInt(block.first + i));
      const rows = Array.from({ length: block.count }, (_, i) => block.row(i));
      graph.add(keys, rows, 1);
      progress(block.first + block.count);
      await new Promise((resolve) => setImmediate(resolve));
    }
    graph.save(fileOf(shape));
    return opened(shape, graph);
  },
  open: async (shape, ef = graphParameters.efSearch) => opened(shape, loadGraph(shape, ef)),
};
