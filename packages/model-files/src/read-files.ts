import { readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Paths of the files that the runtime would read if it were let loose on the folder: JSON beside the graph, the graph and
 * its external data.
 */
export async function listReadFiles(folder: string, graphFile: string): Promise<readonly string[]> {
  const top = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const graphName = graphFile.slice("onnx/".length);
  const graphs = (await readdir(join(folder, "onnx"))).filter((name) => name.startsWith(graphName));
  return [...top, ...graphs.map((name) => `onnx/${name}`)];
}
