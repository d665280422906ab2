import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { FileHashes } from "./pins.ts";
import { parsePins, pinFile } from "./pins.ts";

export interface ModelFolder {
  readonly model: string;
  /** The model's own folder. */
  readonly folder: string;
  /** Absent: read from {@link pinFile}. */
  readonly fileHashes?: FileHashes | undefined;
  /** What the part that runs the model raises. */
  readonly codes: { readonly missing: ErrorCode; readonly untrusted: ErrorCode };
}

/**
 * The bytes of some small files of a model, each as pinned. For who reads a part of a model without running it.
 * @throws {@link LarderError} the two `codes`
 */
export async function readPinnedFiles<File extends string>(
  folder: ModelFolder,
  names: readonly File[],
): Promise<Readonly<Record<File, Buffer>>> {
  const pins = folder.fileHashes ?? (await readPins(folder));
  const read = names.map(async (name) => {
    const pinned = pins[name];
    if (pinned === undefined) throw untrusted(folder, name, "not pinned");
    const bytes = await readFile(join(folder.folder, name)).catch((cause) => {
      throw missing(folder, name, cause);
    });
    const actual = createHash("sha256").update(bytes).digest("hex");
    if (actual !== pinned.toLowerCase()) throw untrusted(folder, name, "other content than pinned");
    return [name, bytes] as const;
  });
  return Object.fromEntries(await Promise.all(read)) as Record<File, Buffer>;
}

/** @throws {@link LarderError} `codes.untrusted` */
export async function readPins(files: ModelFolder): Promise<FileHashes> {
  const text = await readFile(join(files.folder, pinFile), "utf8").catch((cause) => {
    throw untrusted(files, pinFile, "missing", cause);
  });
  const pins = parsePins(text);
  if (pins === undefined) throw untrusted(files, pinFile, "malformed");
  return pins;
}

export function missing({ model, codes }: ModelFolder, file: string, cause: unknown): LarderError {
  return new LarderError(codes.missing, { details: { model, file }, cause });
}

export function untrusted({ model, codes }: ModelFolder, file: string, problem: string, cause?: unknown): LarderError {
  return new LarderError(codes.untrusted, { details: { model, file, problem }, cause });
}
