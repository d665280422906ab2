import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Names of generations in a collection's folder, oldest first. */
export async function generationsIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => /^\d{10}$/.test(name));
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}

/** The last operation of each generation in a collection's folder, oldest first; its files are not looked at. */
export async function sequencesIn(folder: string): Promise<readonly number[]> {
  const manifests = (await generationsIn(folder)).map((name) => readManifest(join(folder, name)));
  return (await Promise.all(manifests)).map(({ manifest }) => manifest.sequence);
}

interface Proof {
  readonly bytes: number;
  readonly sha256: string;
}

/** A manifest's content as far as it is looked at here; read apart from the code that is tortured. */
interface WrittenManifest {
  readonly sequence: number;
  readonly vectors: Proof;
  readonly graph?: Proof;
}

/** The sequence of the newest checkpoint when all its files are what its manifest says, else what is wrong with it. */
export async function newestCheckpoint(
  folder: string,
): Promise<{ readonly sequence: number; readonly hasGraph: boolean } | string> {
  const newest = (await generationsIn(folder)).at(-1);
  if (newest === undefined) return "there is no checkpoint";
  try {
    const generation = join(folder, newest);
    const { manifest, sha256 } = await readManifest(generation);
    if (hashOf(JSON.stringify(manifest)) !== sha256) return "the manifest's hash is wrong";
    const { sequence, vectors, graph } = manifest;
    if (!(await matches(join(generation, "vectors.bin"), vectors))) return "vectors.bin does not match";
    if (graph && !(await matches(join(generation, "graph.bin"), graph))) return "graph.bin does not match";
    return { sequence, hasGraph: graph !== undefined };
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

async function readManifest(
  generation: string,
): Promise<{ readonly manifest: WrittenManifest; readonly sha256: string }> {
  return JSON.parse(await readFile(join(generation, "manifest.json"), "utf8"));
}

async function matches(file: string, { bytes, sha256 }: Proof): Promise<boolean> {
  const content = await readFile(file);
  return content.byteLength === bytes && hashOf(content) === sha256;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
