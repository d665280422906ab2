import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { hashFile } from "./hash-file.ts";
import type { ModelDtype } from "./model-layout.ts";
import { graphFileOf, requiredFiles } from "./model-layout.ts";
import type { FileHashes } from "./pins.ts";
import { parsePins, pinFile } from "./pins.ts";
import { listReadFiles } from "./read-files.ts";

export interface ModelFiles {
  readonly model: string;
  /** The model's own folder. */
  readonly folder: string;
  readonly dtype: ModelDtype;
  /** Absent: read from {@link pinFile}. */
  readonly fileHashes?: FileHashes | undefined;
  /** What the part that runs the model raises. */
  readonly codes: { readonly missing: ErrorCode; readonly untrusted: ErrorCode };
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

async function readPins(files: ModelFiles): Promise<FileHashes> {
  const text = await readFile(join(files.folder, pinFile), "utf8").catch((cause) => {
    throw untrusted(files, pinFile, "missing", cause);
  });
  const pins = parsePins(text);
  if (pins === undefined) throw untrusted(files, pinFile, "malformed");
  return pins;
}

function missing({ model, codes }: ModelFiles, file: string, cause: unknown): LarderError {
  return new LarderError(codes.missing, { details: { model, file }, cause });
}

function untrusted({ model, codes }: ModelFiles, file: string, problem: string, cause?: unknown): LarderError {
  return new LarderError(codes.untrusted, { details: { model, file, problem }, cause });
}
