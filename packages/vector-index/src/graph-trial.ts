import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Label } from "@larder/contracts";
import { CheckpointDamage } from "./checkpoint-damage.ts";
import type { GraphLibraryName, GraphParameters } from "./graphs/vector-graph.ts";
import type { LaggingGraph } from "./lagging-graph.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

export interface GraphTrialPolicy {
  /**
   * A graph with fewer nodes is kept without a trial: it is built anew in less time than the trial takes.
   * @defaultValue 10,000
   */
  readonly trialNodesMin: number;
  /** A larger graph is kept without a trial, which holds it in memory a second time. Bytes. @defaultValue 1 GiB */
  readonly trialBytesMax: number;
}

export const trialNodesMinDefault = 10_000;
export const trialBytesMaxDefault = 2 ** 30;

export interface GraphTrialRequest {
  readonly library: GraphLibraryName;
  readonly parameters: GraphParameters;
  readonly file: string;
  readonly dimensions: number;
  readonly queries: readonly Float32Array[];
  /** Wanted of each query. */
  readonly neighbours: number;
}

export interface GraphTrialReply {
  readonly nodes: number;
  /** Labels for each query. */
  readonly found: readonly (readonly number[])[];
}

const queriesMax = 20;
const neighbours = 10;
const niceness = 10;
const timeoutMs = 30_000;

/**
 * Loads a graph that was just written in a process of its own, before anything relies on it: a file that ends a process as
 * it is read ends that one. It must have the nodes that were saved and find for twenty stored vectors what the graph in
 * memory finds. Nothing may change the graph meanwhile.
 *
 * @throws CheckpointDamage
 */
export async function tryGraph(
  file: string,
  bytes: number,
  { graph, pending }: LaggingGraph,
  matrix: VectorMatrix,
  { trialNodesMin, trialBytesMax }: GraphTrialPolicy,
  { library, parameters }: Pick<GraphTrialRequest, "library" | "parameters">,
): Promise<void> {
  if (graph.slots < trialNodesMin || bytes > trialBytesMax) return;
  const queries = someVectors(matrix, pending);
  const { dimensions } = matrix;
  const request: GraphTrialRequest = { library, parameters, file, dimensions, queries, neighbours };
  const { nodes, found } = await inChild(request);
  if (nodes !== graph.slots) throw new CheckpointDamage("the graph that was written has other nodes");
  for (const [i, query] of queries.entries()) {
    const expected = graph.search(query, neighbours, parameters.efSearch);
    if (expected.join() !== found[i]?.join()) throw new CheckpointDamage("the graph that was written finds others");
  }
}

async function inChild(request: GraphTrialRequest): Promise<GraphTrialReply> {
  const entry = entryUrl(import.meta.url, "./graph-trial-process");
  await using child = openChildProcess({ name: "graph-trial", entry, niceness, restart: "on-demand" });
  try {
    const reply = await child.request("try", request, { signal: AbortSignal.timeout(timeoutMs) });
    return reply as GraphTrialReply; // the handler's return type
  } catch (cause) {
    throw new CheckpointDamage("the graph that was written could not be loaded", { cause });
  }
}

function someVectors(matrix: VectorMatrix, pending: ReadonlySet<Label>): readonly Float32Array[] {
  const step = Math.max(1, Math.floor(matrix.count / queriesMax));
  const labels = matrix.labels.filter((label, row) => row % step === 0 && !pending.has(label));
  return labels.slice(0, queriesMax).map((label) => matrix.row(label).slice());
}
