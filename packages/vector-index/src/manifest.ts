import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { EmbedderId } from "@larder/contracts";
import { CheckpointDamage } from "./checkpoint-damage.ts";
import type { FileProof } from "./durable-files.ts";
import { readWhole, writeDurably } from "./durable-files.ts";
import type { KeptTuning } from "./graph-tuning.ts";

/** What proves a checkpoint: `manifest.json` is `{ "manifest": …, "sha256": hash of the manifest as JSON }`. */
export interface Manifest {
  readonly version: 1;
  readonly sequence: number;
  readonly count: number;
  readonly dimensions: number;
  readonly embedderId: EmbedderId;
  readonly vectors: FileProof;
  readonly graph?: GraphProof;
  /** Absent before the graph was measured. */
  readonly tuning?: KeptTuning;
}

/** A graph is read back only under the parameters and the library that wrote it. */
export interface GraphProof extends FileProof {
  readonly nodes: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly library: string;
}

const manifestBytesMax = 65_536;

export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  const content = JSON.stringify({ manifest, sha256: hash(manifest) }, null, 2);
  await writeDurably(file, [Buffer.from(content)]);
}

/** @throws CheckpointDamage when it is not whole, not of this form, or of another embedder */
export async function readManifest(file: string, dimensions: number, embedderId: EmbedderId): Promise<Manifest> {
  const envelope = parse(await readSmallFile(file));
  const { manifest, sha256 } = envelope;
  if (!isRecord(manifest) || hash(manifest) !== sha256) throw new CheckpointDamage("the manifest's hash is wrong");
  if (manifest.version !== 1) throw new CheckpointDamage("another manifest version");
  if (manifest.dimensions !== dimensions) throw new CheckpointDamage("another number of dimensions");
  if (manifest.embedderId !== embedderId) throw new CheckpointDamage("another embedder");
  return manifest as unknown as Manifest; // its hash says that it is what writeManifest was given
}

async function readSmallFile(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size > manifestBytesMax) throw new CheckpointDamage("the manifest is too long");
    const bytes = Buffer.alloc(size);
    if (!(await readWhole(handle, bytes))) throw new CheckpointDamage("the manifest is cut off");
    return bytes.toString("utf8");
  } finally {
    await handle.close();
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new CheckpointDamage("the manifest is not JSON", { cause });
  }
  throw new CheckpointDamage("the manifest is not an object");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function hash(manifest: object): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}
