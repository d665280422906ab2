import { join } from "node:path";

/** Names within the folder of one generation. */
export const vectorsIn = (folder: string): string => join(folder, "vectors.bin");
export const graphIn = (folder: string): string => join(folder, "graph.bin");
export const manifestIn = (folder: string): string => join(folder, "manifest.json");
export const trialIn = (folder: string): string => join(folder, "trial");
