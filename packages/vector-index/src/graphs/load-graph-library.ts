import { codeGraphs } from "./codes/code-graphs.ts";
import { hnswGraphs } from "./hnswlib/hnsw-graph.ts";
import { loadHnswLibrary } from "./hnswlib/hnsw-library.ts";
import type { GraphLibrary, GraphLibraryName } from "./vector-graph.ts";

/** What makes graphs of large collections; `none`: exact search serves every size. */
export type GraphChoice = GraphLibraryName | "none";

export const graphsDefault: GraphChoice = "codes";

/** `undefined` for none, and where hnswlib-node is asked for and could not be compiled at install. */
export async function loadGraphLibrary(choice = graphsDefault): Promise<GraphLibrary | undefined> {
  if (choice === "none") return undefined;
  if (choice === "codes") return codeGraphs;
  const native = await loadHnswLibrary();
  return native && hnswGraphs(native);
}
