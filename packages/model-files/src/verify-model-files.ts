import { join } from "node:path";
import { hashFile } from "./hash-file.ts";
import type { ModelDtype } from "./model-layout.ts";
import { graphFileOf, requiredFiles } from "./model-layout.ts";
import type { FileHashes } from "./pins.ts";
import { listReadFiles } from "./read-files.ts";
import type { ModelFolder } from "./read-pinned-files.ts";
import { missing, readPins, untrusted } from "./read-pinned-files.ts";

export interface ModelFiles extends ModelFolder {
  readonly dtype: ModelDtype;
}

/**
 * Compares every file that the runtime would read with its pinned sha256, before the runtime reads a byte of them.
 *
 * A file that is pinned must be there; one that is there and would be read (JSON beside the graph, the graph and its
 * external data) must be pinned. Returns the hashes, by path. Errors name the file, never the folder.
 * @throws {@link LarderError} the two `codes`
 */
export async function verifyModelFiles(files: ModelFiles): Promise<FileHashes> {
  const graphFile = graphFileOf(files.dtype);
  const present = await listReadFiles(files.folder, graphFile).catch((cause) => {
    throw missing(files, graphFile, cause);
  });
  const pins = files.fileHashes ?? (await readPins(files));
  for (const file of [...requiredFiles(graphFile), ...present]) {
    if (pins[file] === undefined) throw untrusted(files, file, "not pinned");
  }
  for (const [file, pinned] of Object.entries(pins)) {
    const actual = await hashFile(join(files.folder, file)).catch((cause) => {
      throw missing(files, file, cause);
    });
    if (actual !== pinned.toLowerCase()) throw untrusted(files, file, "other content than pinned");
  }
  return pins;
}
