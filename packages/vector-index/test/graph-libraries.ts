import { codeGraphs } from "../src/graphs/codes/code-graphs.ts";
import { loadGraphLibrary } from "../src/graphs/load-graph-library.ts";
import type { GraphLibrary } from "../src/graphs/vector-graph.ts";

const native = await loadGraphLibrary("hnswlib-node");

/** What is installed here: hnswlib-node may not have been compiled. */
export const libraries: readonly GraphLibrary[] = native ? [codeGraphs, native] : [codeGraphs];

/** A library whose graphs differ from its own in one thing. */
export function changed(
  library: GraphLibrary,
  change: (graph: ReturnType<GraphLibrary["create"]>) => void,
): GraphLibrary {
  return {
    ...library,
    create(...inputs) {
      const graph = library.create(...inputs);
      change(graph);
      return graph;
    },
  };
}
