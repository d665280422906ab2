import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LarderError } from "@larder/contracts";
import { hashFile } from "./hash-file.ts";
import type { ModelDtype } from "./model-layout.ts";
import { graphFileOf, requiredFiles } from "./model-layout.ts";
import type { FileHashes } from "./pins.ts";
import { parsePins, pinFile, renderPins } from "./pins.ts";
import { listReadFiles } from "./read-files.ts";

export interface PinOptions {
  /** The model's own folder. */
  readonly folder: string;
  /** Whose graph is pinned. */
  readonly dtype: ModelDtype;
  /** Pins that differ are written anew. Otherwise they are refused: a changed file is what pins are there to notice. */
  readonly isReplacing: boolean;
}

export interface PinnedModel {
  readonly fileHashes: FileHashes;
  /** False when the same pins were there already. */
  readonly isWritten: boolean;
  /** What the model's own `config.json` says that it is for. */
  readonly task: ModelTask;
}

/** `reranking`: scores a pair of texts (sequence classification). */
export type ModelTask = "embedding" | "reranking";

/**
 * Writes the sha256 of every file that the runtime would read into {@link pinFile}, whole or not at all.
 * @throws {@link LarderError} `MODEL_FILES_INCOMPLETE`, `MODEL_PINS_DIFFER`
 */
export async function pinModelFiles({ folder, dtype, isReplacing }: PinOptions): Promise<PinnedModel> {
  const fileHashes = await hashReadFiles(folder, graphFileOf(dtype));
  const task = await readTask(folder);
  const text = await readFile(join(folder, pinFile), "utf8").catch(() => undefined);
  const before = text === undefined ? undefined : parsePins(text);
  const differing = before === undefined ? [] : filesThatDiffer(before, fileHashes);
  if (text !== undefined && before !== undefined && differing.length === 0) {
    return { fileHashes, isWritten: false, task };
  }
  if (text !== undefined && !isReplacing) {
    const files = before === undefined ? pinFile : differing.join(", ");
    throw new LarderError("MODEL_PINS_DIFFER", { details: { files } });
  }
  const path = join(folder, pinFile);
  await writeFile(`${path}.new`, renderPins(fileHashes));
  await rename(`${path}.new`, path);
  return { fileHashes, isWritten: true, task };
}

async function hashReadFiles(folder: string, graphFile: string): Promise<FileHashes> {
  const present = await listReadFiles(folder, graphFile).catch((cause) => {
    throw new LarderError("MODEL_FILES_INCOMPLETE", { details: { missing: graphFile }, cause });
  });
  const missing = requiredFiles(graphFile).filter((file) => !present.includes(file));
  if (missing.length > 0) throw new LarderError("MODEL_FILES_INCOMPLETE", { details: { missing: missing.join(", ") } });
  const hashes: Record<string, string> = {};
  for (const file of present) hashes[file] = await hashFile(join(folder, file));
  return hashes;
}

function filesThatDiffer(before: FileHashes, now: FileHashes): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((file) => before[file] !== now[file])
    .sort();
}

async function readTask(folder: string): Promise<ModelTask> {
  const text = await readFile(join(folder, "config.json"), "utf8");
  return /"\w+ForSequenceClassification"/.test(text) ? "reranking" : "embedding";
}
