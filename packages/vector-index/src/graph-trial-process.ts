/** Entry of a short-lived process that loads a graph which was just written. What it answers the other side judges. */
import { serveRequests } from "@larder/child-process";
import { LarderError } from "@larder/contracts";
import type { GraphTrialReply, GraphTrialRequest } from "./graph-trial.ts";
import { loadGraphLibrary } from "./graphs/load-graph-library.ts";

serveRequests({
  async try(request: GraphTrialRequest): Promise<GraphTrialReply> {
    const { file, dimensions, parameters, queries, neighbours } = request;
    const library = await loadGraphLibrary(request.library);
    if (library === undefined) throw new LarderError("INDEX_UNAVAILABLE");
    const graph = await library.load(file, dimensions, parameters);
    return { nodes: graph.slots, found: queries.map((query) => graph.search(query, neighbours, parameters.efSearch)) };
  },
});
