import { readFile, rm, writeFile } from "node:fs/promises";
import type { EmbedderId, Label } from "@larder/contracts";
import { CheckpointDamage, isCheckpointDamage } from "./checkpoint-damage.ts";
import { graphIn, manifestIn, trialIn, vectorsIn } from "./checkpoint-files.ts";
import type { Collection, CollectionSettings } from "./collection.ts";
import { shrinkShare } from "./collection.ts";
import type { FileProof } from "./durable-files.ts";
import { proveFile, syncPath } from "./durable-files.ts";
import { quarantine } from "./generations.ts";
import type { GraphTrialPolicy } from "./graph-trial.ts";
import { tryGraph } from "./graph-trial.ts";
import type { GraphLibrary, VectorGraph } from "./graphs/vector-graph.ts";
import { graphParameters } from "./graphs/vector-graph.ts";
import { LaggingGraph } from "./lagging-graph.ts";
import type { GraphProof } from "./manifest.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { readVectorFile, writeVectorFile } from "./vector-file.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

export interface CheckpointIdentity extends CollectionSettings, GraphTrialPolicy {
  readonly embedderId: EmbedderId;
}

const trialsMax = 2; // loads of one graph that may end with the death of this process
const probesMax = 20;
const probesFoundShareMin = 0.8;
const sameScoreMin = 0.9999; // cosine of a vector with itself, after rounding

/** Fills an empty folder with a checkpoint. Nothing may change the collection meanwhile. The manifest comes last. */
export async function writeCheckpoint(
  folder: string,
  collection: Collection,
  identity: CheckpointIdentity,
): Promise<void> {
  const { matrix, appliedSequence: sequence, graph } = collection;
  const content = { sequence, matrix, pending: [...(graph?.pending ?? [])] };
  const vectors = await writeVectorFile(vectorsIn(folder), content, identity.embedderId);
  const { tuning } = collection;
  const { library } = identity;
  const graphProof = graph && library && (await writeGraph(graphIn(folder), graph, matrix, identity, library));
  await writeManifest(manifestIn(folder), {
    version: 1,
    sequence,
    count: matrix.count,
    dimensions: matrix.dimensions,
    embedderId: identity.embedderId,
    vectors,
    ...(graphProof === undefined ? {} : { graph: graphProof }),
    ...(tuning === undefined ? {} : { tuning }),
  });
}

/** Puts a checkpoint into a new collection. @throws CheckpointDamage */
export async function readCheckpoint(
  folder: string,
  collection: Collection,
  identity: CheckpointIdentity,
): Promise<void> {
  const { dimensions, embedderId } = identity;
  const manifest = await readManifest(manifestIn(folder), dimensions, embedderId);
  await verify(vectorsIn(folder), manifest.vectors);
  const { sequence, matrix, pending } = await readVectorFile(vectorsIn(folder), dimensions, embedderId);
  if (sequence !== manifest.sequence || matrix.count !== manifest.count) {
    throw new CheckpointDamage("the vectors are of another manifest");
  }
  const isWanted = matrix.count >= identity.exactVectorsMax * shrinkShare;
  const graph = isWanted ? await readGraph(folder, manifest.graph, identity, matrix, pending) : undefined;
  const lagging = graph && new LaggingGraph(graph, pending);
  collection.restore(sequence, matrix, lagging && { graph: lagging, tuning: manifest.tuning });
}

/** The last operation that a checkpoint holds. @throws CheckpointDamage */
export async function readSequence(folder: string, { dimensions, embedderId }: CheckpointIdentity): Promise<number> {
  return (await readManifest(manifestIn(folder), dimensions, embedderId)).sequence;
}

async function writeGraph(
  file: string,
  lagging: LaggingGraph,
  matrix: VectorMatrix,
  identity: CheckpointIdentity,
  library: GraphLibrary,
): Promise<GraphProof> {
  const { graph: parameters } = identity;
  const nodes = lagging.graph.slots;
  await lagging.graph.save(file);
  const proof = await proveFile(file);
  await tryGraph(file, proof.bytes, lagging, matrix, identity, { library: library.name, parameters });
  await syncPath(file);
  const { m, efConstruction } = parameters;
  return { ...proof, nodes, m, efConstruction, library: library.version };
}

/** `undefined` when there is no graph, or none that may be used: then it is built anew from the vectors. */
async function readGraph(
  folder: string,
  proof: GraphProof | undefined,
  { graph: parameters, library, dimensions }: CheckpointIdentity,
  matrix: VectorMatrix,
  pending: readonly Label[],
): Promise<VectorGraph | undefined> {
  if (proof === undefined || library === undefined) return undefined;
  const isSameKind = proof.m === parameters.m && proof.efConstruction === parameters.efConstruction;
  if (!isSameKind || proof.library !== library.version) return undefined;
  try {
    await verify(graphIn(folder), proof);
    return await onTrial(folder, async () => {
      const graph = await library.load(graphIn(folder), dimensions, parameters);
      if (graph.slots !== proof.nodes) throw new CheckpointDamage("the graph has other nodes");
      probe(graph, matrix, new Set(pending));
      return graph;
    });
  } catch (thrown) {
    if (!isCheckpointDamage(thrown)) throw thrown;
    await quarantine(graphIn(folder));
    return undefined;
  }
}

/** Counts the attempts on disk, so that a graph that kills this process as it loads is not loaded for ever. */
async function onTrial<T>(folder: string, load: () => Promise<T>): Promise<T> {
  const trials = (await readFile(trialIn(folder), "utf8").catch(() => "")).length;
  if (trials >= trialsMax) throw new CheckpointDamage("the process ended each time that it loaded this graph");
  await writeFile(trialIn(folder), "|".repeat(trials + 1)).catch(() => undefined); // full, or read-only: uncounted
  try {
    return await load();
  } catch (cause) {
    if (isSystemError(cause) && !isCheckpointDamage(cause)) throw cause; // such as too many open files
    throw new CheckpointDamage("the graph cannot be loaded", { cause });
  } finally {
    await rm(trialIn(folder), { force: true }).catch(() => undefined); // the process lives
  }
}

function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && "syscall" in thrown;
}

/** Vectors look for themselves: a graph that does not belong to the matrix does not find them. */
function probe(graph: VectorGraph, matrix: VectorMatrix, pending: ReadonlySet<Label>): void {
  const step = Math.max(1, Math.floor(matrix.count / probesMax));
  const labels = matrix.labels.filter((label, row) => row % step === 0 && !pending.has(label));
  const found = labels.filter((label) => {
    const vector = Float32Array.from(matrix.row(label));
    const candidates = graph.search(vector, 1, graphParameters.efSearch);
    return (matrix.searchAmong(candidates, vector, 1)[0]?.score ?? 0) >= sameScoreMin;
  });
  if (found.length < labels.length * probesFoundShareMin) throw new CheckpointDamage("the graph finds too little");
}

async function verify(file: string, proof: FileProof): Promise<void> {
  const found = await proveFile(file);
  if (found.bytes !== proof.bytes || found.sha256 !== proof.sha256) {
    throw new CheckpointDamage("a file does not match its manifest");
  }
}
