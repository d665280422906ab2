import type { GraphLibrary } from "../vector-graph.ts";
import { CodeGraph } from "./code-graph.ts";
import { readGraphFile } from "./code-graph-file.ts";

export const codeGraphs: GraphLibrary = {
  name: "codes",
  version: "larder-codes@1",
  origin: "8-bit codes, WebAssembly",
  create: CodeGraph.create,
  async load(file, dimensions, parameters) {
    return new CodeGraph(await readGraphFile(file, dimensions, parameters.m), parameters);
  },
};
