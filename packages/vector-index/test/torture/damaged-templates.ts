import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EmbedderId, KnowledgeBaseId } from "@larder/contracts";
import type { VectorIndexOptions } from "../../src/index.ts";
import { openVectorIndex } from "../../src/index.ts";
import { namesIn, sequencesIn } from "./checkpoints-on-disk.ts";
import type { Foreign } from "./damages.ts";
import { call, dimensions, embedderId, exactVectorsMax, TorturedLog } from "./tortured-collection.ts";

/** A collection as it was left: the folders that hold it, by the end of their names. */
export interface Template {
  readonly log: TorturedLog;
  readonly folder: string;
  readonly suffixes: readonly string[];
}

export const quick = { checkpointIdleMs: 5, checkpointOperations: 2 ** 30, exactVectorsMax, dimensions, embedderId };
export const parts = 2;

const id = "kb_template" as KnowledgeBaseId;
const foreignGeneration = join(id, "0000000002");
const readyMsMax = 120_000;
/**
 * Between the two generations. Fewer than a tenth of the vectors of the smallest part: after more of them ef is chosen
 * anew, and saved, at whatever time, as a third generation of the same operations as the second.
 */
const laterOperations = 20;

/** Two generations each, the newer at the log's end, both with their graphs; one collection whole, one in parts. */
export async function prepareTemplates(folder: string): Promise<Readonly<Record<"whole" | "divided", Template>>> {
  const whole = { log: new TorturedLog(360, 1), folder: join(folder, "whole"), suffixes: [""] };
  await fill(whole);
  const divided = {
    log: new TorturedLog(760, 2),
    folder: join(folder, "divided"),
    suffixes: Array.from({ length: parts }, (_, part) => `_s${part}of${parts}`),
  };
  await fill(divided, { wholeVectorsMax: 300, hostsMax: parts });
  return { whole, divided };
}

export async function prepareForeign(folder: string): Promise<Foreign> {
  const log = new TorturedLog(360, 7);
  const of = async (name: string, { readAfter = log.readAfter.bind(log), ...options }: FillOptions = {}) => {
    const template = { log: { sequence: log.sequence, readAfter }, folder: join(folder, name), suffixes: [""] };
    await fill(template, options);
    return join(template.folder, foreignGeneration);
  };
  return {
    vectors: await of("vectors-of-others"),
    model: await of("model", { embedderId: "another@2/32" as EmbedderId }),
    dimensions: await of("dimensions", { readAfter: narrowed(log), dimensions: dimensions / 2 }),
  };
}

interface FillOptions extends Partial<VectorIndexOptions> {
  readonly readAfter?: TorturedLog["readAfter"];
}

function narrowed(log: TorturedLog): TorturedLog["readAfter"] {
  return async (_, sequence, count) =>
    (await log.readAfter(_, sequence, count)).map((operation) =>
      operation.kind === "add" ? { ...operation, vector: operation.vector.slice(0, dimensions / 2) } : operation,
    );
}

async function fill(
  {
    log,
    folder,
    suffixes,
  }: { readonly log: Pick<TorturedLog, "sequence" | "readAfter"> } & Pick<Template, "folder" | "suffixes">,
  options: Partial<VectorIndexOptions> = {},
): Promise<void> {
  const opening = { ...quick, folder, checkpointIdleMs: 2 ** 30, hostsMax: 1, ...options };
  const steps = [log.sequence - laterOperations, log.sequence];
  await using index = await openVectorIndex(opening, call);
  for (const until of steps) {
    const { appliedSequence: after } = await index.status(id, call);
    await index.apply(id, await log.readAfter(id, after, until - after), { after }, call);
    await reached("parts", async () => {
      const names = await namesIn(folder);
      return suffixes.length === 1 || (!names.includes(id) && suffixes.every((suffix) => names.includes(id + suffix)));
    });
    // Chosen once, of a graph that held every vector: until then the graph answers, and what a checkpoint keeps may still change.
    await reached("an ef", async () => (await index.status(id, call)).ef !== undefined);
    await index.checkpoint(id, call);
  }
  await index.close();
  for (const suffix of suffixes) {
    const sequences = await sequencesIn(join(folder, id + suffix));
    // What is damaged by a swap of the two must differ: else nothing is damaged, and nothing can be found out.
    if (sequences.join() !== steps.join()) {
      throw new Error(`${folder}${suffix} has generations of operations ${sequences}, not of ${steps}`);
    }
  }
}

async function reached(what: string, look: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + readyMsMax;
  while (!(await look())) {
    if (performance.now() > untilMs)
      throw new Error(`a collection to be damaged has no ${what} after ${readyMsMax} ms`);
    await delay(5);
  }
}
