import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { thisProcessor } from "./this-processor.ts";

/**
 * `build/larder-optimised/build.json` in the folder of hnswlib-node, beside the `addon.node` that it tells of. The plain
 * build is never changed: to go back, the folder is removed, and installing the package anew removes it as well.
 */
export interface OptimisedBuild {
  /** Of hnswlib-node. */
  readonly version: string;
  readonly processorId: string;
  readonly processorName: string;
  readonly compilerFlags: string;
  /** Of `addon.node`, lower-case hex. */
  readonly sha256: string;
}

export type OptimisedBuildSearch =
  | { readonly file: string; readonly build: OptimisedBuild }
  /** Why the plain build is in use. */
  | { readonly refusal: string };

const require = createRequire(import.meta.url);

export const addonIn = (folder: string): string => join(folder, "addon.node");
export const buildRecordIn = (folder: string): string => join(folder, "build.json");

/** Folder of the installed hnswlib-node; throws where there is none. */
export function libraryFolder(): string {
  return dirname(dirname(require.resolve("hnswlib-node")));
}

export function optimisedFolder(library: string): string {
  return join(library, "build", "larder-optimised");
}

export function libraryVersion(library: string): string {
  return String(JSON.parse(readFileSync(join(library, "package.json"), "utf8")).version);
}

/** A build that may be loaded here: of this version, for this processor, and as it was written. */
export function findOptimisedBuild(library: string, folder = optimisedFolder(library)): OptimisedBuildSearch {
  const build = readBuild(folder);
  if (build === undefined) return { refusal: "npm run native:optimise makes it faster" };
  if (build.version !== libraryVersion(library)) return { refusal: "the optimised build is of another version" };
  if (build.processorId !== thisProcessor().id) return { refusal: `the optimised build is for ${build.processorName}` };
  if (sha256Of(addonIn(folder)) !== build.sha256) return { refusal: "the optimised build is damaged" };
  return { file: addonIn(folder), build };
}

export function loadAddon(file: string): unknown {
  return require(file);
}

/** `undefined` for a file that is not there. */
export function sha256Of(file: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return undefined;
  }
}

function readBuild(folder: string): OptimisedBuild | undefined {
  try {
    return JSON.parse(readFileSync(buildRecordIn(folder), "utf8"));
  } catch {
    return undefined;
  }
}
