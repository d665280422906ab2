/** Entry of a short-lived process that loads a graph which was just written. What it answers the other side judges. */
import { serveRequests } from "@larder/child-process";
import { LarderError } from "@larder/contracts";
import type { GraphTrialReply, GraphTrialRequest } from "./graph-trial.ts";
import { graphParameters, HnswGraph } from "./hnsw-graph.ts";
import { loadHnswLibrary } from "./hnsw-library.ts";

serveRequests({
  async try({ file, dimensions, queries, neighbours }: GraphTrialRequest): Promise<GraphTrialReply> {
    const library = await loadHnswLibrary();
    if (library === undefined) throw new LarderError("INDEX_UNAVAILABLE");
    const graph = await HnswGraph.load(library, dimensions, file);
    const { efSearch } = graphParameters;
    return { nodes: graph.slots, found: queries.map((query) => graph.search(query, neighbours, efSearch)) };
  },
});
