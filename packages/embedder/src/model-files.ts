import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { LarderError } from "@larder/contracts";

/** Name of the pin file in a model's folder: what `sha256sum` prints for its files, with paths relative to the folder. */
export const pinFile = "SHA256SUMS";

export type FileHashes = Readonly<Record<string, string>>;

export interface ModelFiles {
  readonly model: string;
  /** The model's own folder. */
  readonly folder: string;
  /** Of the graph: `onnx/model<suffix>.onnx`. */
  readonly graphFile: string;
  /** Absent: read from {@link pinFile}. */
  readonly fileHashes?: FileHashes | undefined;
}

/**
 * Compares every file that the runtime would read with its pinned sha256, before the runtime reads a byte of them.
 *
 * A file that is pinned must be there; one that is there and would be read (JSON beside the graph, the graph and its
 * external data) must be pinned. Returns the hashes, by path. Errors name the file, never the folder.
 * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED`
 */
export async function verifyModelFiles(files: ModelFiles): Promise<FileHashes> {
  const present = await listReadFiles(files);
  const pins = files.fileHashes ?? (await readPins(files));
  for (const file of [...requiredFiles(files), ...present]) {
    if (pins[file] === undefined) throw untrusted(files.model, file, "not pinned");
  }
  for (const [file, pinned] of Object.entries(pins)) {
    const actual = await hashFile(join(files.folder, file)).catch((cause) => {
      throw missing(files.model, file, cause);
    });
    if (actual !== pinned.toLowerCase()) throw untrusted(files.model, file, "other content than pinned");
  }
  return pins;
}

/** Reads the lines of `sha256sum`: 64 hex digits, a space, a space or `*`, a path. Paths must stay inside the folder. */
export function parsePins(text: string): FileHashes | undefined {
  const pins: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, hash, path] = /^([0-9a-fA-F]{64}) [ *](.+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined) return undefined;
    const file = path.replace(/^\.\//, "");
    if (file.startsWith("/") || file.includes("\\") || file.split("/").includes("..")) return undefined;
    pins[file] = hash.toLowerCase();
  }
  return pins;
}

function requiredFiles({ graphFile }: ModelFiles): string[] {
  return ["config.json", "tokenizer.json", "tokenizer_config.json", graphFile];
}

/** Paths of the files that the runtime would read if it were let loose on the folder. */
async function listReadFiles({ model, folder, graphFile }: ModelFiles): Promise<string[]> {
  const list = (path: string): Promise<string[]> =>
    readdir(path).catch((cause) => {
      throw missing(model, graphFile, cause);
    });
  const top = (await list(folder)).filter((name) => name.endsWith(".json"));
  const graphName = graphFile.slice("onnx/".length);
  const graphs = (await list(join(folder, "onnx"))).filter((name) => name.startsWith(graphName));
  return [...top, ...graphs.map((name) => `onnx/${name}`)];
}

async function readPins({ model, folder }: ModelFiles): Promise<FileHashes> {
  const text = await readFile(join(folder, pinFile), "utf8").catch((cause) => {
    throw untrusted(model, pinFile, "missing", cause);
  });
  const pins = parsePins(text);
  if (pins === undefined) throw untrusted(model, pinFile, "malformed");
  return pins;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function missing(model: string, file: string, cause: unknown): LarderError {
  return new LarderError("EMBEDDER_MODEL_MISSING", { details: { model, file }, cause });
}

function untrusted(model: string, file: string, problem: string, cause?: unknown): LarderError {
  return new LarderError("EMBEDDER_MODEL_UNTRUSTED", { details: { model, file, problem }, cause });
}
