import { cp, mkdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generationsIn, hashOf } from "./checkpoints-on-disk.ts";

/** What must be found of a damage, by whoever opens the collection. */
export type Expectation =
  | "detected" // it is in what would be used
  | "dormant" // it is in a generation that nothing reads while the newest is good
  | "harmless"; // another order of good checkpoints: the log makes up for it

export interface Damage {
  readonly what: string;
  readonly file: string;
  readonly expected: Expectation;
  /** `folder`: of the collection or of one part. Gives false when it changed nothing. */
  readonly apply: (folder: string, random: () => number) => Promise<boolean>;
}

/** Checkpoints of other vectors, other dimensions and another model, to be put in the place of the right ones. */
export interface Foreign {
  readonly vectors: string;
  readonly dimensions: string;
  readonly model: string;
}

const pageBytes = 4_096;
const checkpointFiles = ["vectors.bin", "graph.bin", "manifest.json"] as const;

/** As many of each kind as the issue names, for each file of the newest generation; and a few for the older one. */
export function damagesOf(foreign: Foreign): readonly { readonly damage: Damage; readonly times: number }[] {
  const all: { readonly damage: Damage; readonly times: number }[] = [];
  for (const file of checkpointFiles) {
    const add = (times: number, what: string, edit: Edit): void => {
      all.push({ times, damage: { what, file, expected: "detected", apply: inNewest(file, edit) } });
    };
    add(200, "truncated", (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.byteLength)));
    add(200, "one bit flipped", flipBit);
    add(100, "a page zeroed", (bytes, random) => fillPage(bytes, random, 0));
    add(100, "a page of 0xFF", (bytes, random) => fillPage(bytes, random, 0xff));
    add(5, "emptied", () => new Uint8Array(0));
    add(5, "longer", (bytes) => Buffer.concat([bytes, Buffer.from([0])]));
    const structural = (what: string, change: (path: string) => Promise<unknown>): void => {
      all.push({ times: 5, damage: { what, file, expected: "detected", apply: atNewest(file, change) } });
    };
    structural("missing", (path) => rm(path));
    structural("a folder in its place", (path) => rm(path).then(() => mkdir(path)));
    const older: Damage = {
      what: "one bit flipped",
      file: `older ${file}`,
      expected: "dormant",
      apply: flipInOlder(file),
    };
    all.push({ times: 10, damage: older });
  }
  return [...all, ...wholes(foreign)];
}

function wholes(foreign: Foreign): readonly { readonly damage: Damage; readonly times: number }[] {
  const of = (what: string, file: string, apply: Damage["apply"], expected: Expectation = "detected") => ({
    times: 5,
    damage: { what, file, apply, expected },
  });
  const instead = (from: string) => async (folder: string) => {
    for (const name of await generationsIn(folder)) {
      await rm(join(folder, name), { recursive: true });
      await cp(from, join(folder, name), { recursive: true });
    }
    return true;
  };
  return [
    of("of another number of dimensions", "generation", instead(foreign.dimensions)),
    of("of another model", "generation", instead(foreign.model)),
    of("of other vectors, under a forged manifest", "graph.bin", (folder) => forgeGraph(folder, foreign.vectors)),
    ...checkpointFiles.map((file) => of("swapped between the generations", file, swapFile(file))),
    of("swapped", "generations", swapGenerations, "harmless"),
    of("a file in its place", "generation", async (folder) => replaceByFile(join(folder, await newestOf(folder)))),
    of("a file in its place", "collection", replaceByFile),
    of("damaged in both", "generations", async (folder, random) => {
      for (const name of await generationsIn(folder)) await edit(join(folder, name, "vectors.bin"), flipBit, random);
      return true;
    }),
    of("stray files beside them", "generations", addStray, "harmless"),
  ];
}

type Edit = (bytes: Buffer, random: () => number) => Uint8Array;

const flipBit: Edit = (bytes, random) => {
  const bit = Math.floor(random() * bytes.byteLength * 8);
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
};

function fillPage(bytes: Buffer, random: () => number, value: number): Uint8Array {
  const page = Math.floor((random() * bytes.byteLength) / pageBytes);
  return Buffer.from(bytes).fill(value, page * pageBytes, Math.min(bytes.byteLength, (page + 1) * pageBytes));
}

async function edit(path: string, change: Edit, random: () => number): Promise<boolean> {
  const before = await readFile(path);
  const after = change(before, random);
  await truncate(path, 0);
  await writeFile(path, after);
  return !before.equals(after);
}

async function newestOf(folder: string): Promise<string> {
  return (await generationsIn(folder)).at(-1) ?? "";
}

const inNewest =
  (file: string, change: Edit): Damage["apply"] =>
  async (folder, random) =>
    edit(join(folder, await newestOf(folder), file), change, random);

const atNewest =
  (file: string, change: (path: string) => Promise<unknown>): Damage["apply"] =>
  async (folder) => {
    await change(join(folder, await newestOf(folder), file));
    return true;
  };

const flipInOlder =
  (file: string): Damage["apply"] =>
  async (folder, random) =>
    edit(join(folder, (await generationsIn(folder))[0] ?? "", file), flipBit, random);

const swapFile =
  (file: string): Damage["apply"] =>
  async (folder) => {
    const [older = "", newer = ""] = await generationsIn(folder);
    await swap(join(folder, older, file), join(folder, newer, file));
    return !(await haveSameContent(join(folder, older), join(folder, newer)));
  };

/** As where only ef was chosen anew between the two, on a busy machine: the manifest of each proves the other. */
async function haveSameContent(one: string, other: string): Promise<boolean> {
  for (const name of ["vectors.bin", "graph.bin"]) {
    if (!(await readFile(join(one, name))).equals(await readFile(join(other, name)))) return false;
  }
  return true;
}

async function swapGenerations(folder: string): Promise<boolean> {
  const [older = "", newer = ""] = await generationsIn(folder);
  await swap(join(folder, older), join(folder, newer));
  return true;
}

async function swap(one: string, other: string): Promise<void> {
  const aside = join(dirname(dirname(one)), `aside-${Math.random()}`);
  await rename(one, aside);
  await rename(other, one);
  await rename(aside, other);
}

async function replaceByFile(path: string): Promise<boolean> {
  await rm(path, { recursive: true });
  await writeFile(path, "no folder");
  return true;
}

async function addStray(folder: string): Promise<boolean> {
  await mkdir(join(folder, "0000000009.tmp"));
  await writeFile(join(folder, "0000000009.tmp", "vectors.bin"), "half of it");
  await mkdir(join(folder, "0000000001.tmp"));
  await mkdir(`${folder}.dropped`);
  await writeFile(join(`${folder}.dropped`, "x"), "half removed");
  return true;
}

/** A graph that is whole and proven by its manifest, of the right kind and size, but of vectors that are not these. */
async function forgeGraph(folder: string, from: string): Promise<boolean> {
  const newest = join(folder, await newestOf(folder));
  const graph = await readFile(join(from, "graph.bin"));
  await writeFile(join(newest, "graph.bin"), graph);
  const { manifest } = JSON.parse(await readFile(join(newest, "manifest.json"), "utf8"));
  const theirs = JSON.parse(await readFile(join(from, "manifest.json"), "utf8")).manifest.graph;
  const forged = { ...manifest, graph: theirs };
  const content = { manifest: forged, sha256: hashOf(JSON.stringify(forged)) };
  await writeFile(join(newest, "manifest.json"), JSON.stringify(content, null, 2));
  return true;
}
