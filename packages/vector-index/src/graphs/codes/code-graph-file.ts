import { open } from "node:fs/promises";
import { CheckpointDamage } from "../../checkpoint-damage.ts";
import { readWhole, writeDurably } from "../../durable-files.ts";
import { CodeRows, strideOf } from "./code-rows.ts";
import type { GraphContent } from "./graph-content.ts";
import { LinkLists } from "./link-lists.ts";
import { NodeNames } from "./node-names.ts";

/**
 * A graph's file. Numbers stand in the machine's byte order; on a machine of the other order the magic is another.
 *
 * | bytes                 | what                                                                  |
 * | --------------------- | --------------------------------------------------------------------- |
 * | 8 × 4                 | magic, format, dimensions, m, nodes n, upper places u, entry, 0        |
 * | n × 4                 | labels                                                                |
 * | n × 4                 | scales, float32                                                       |
 * | n × 4                 | where each node's places above the lowest level begin                 |
 * | u × 4                 | those places                                                          |
 * | n × 2m × 4            | places on the lowest level                                            |
 * | n                     | 1 for a deleted node                                                  |
 * | n                     | highest levels                                                        |
 * | n × stride            | codes                                                                 |
 */
const magic = 0x4743_444c; // "LDCG"
const format = 1;
const headerNumbers = 8;

/** Writes a new file and has the disk keep it. */
export async function writeGraphFile(file: string, { rows, links, names, entry }: GraphContent): Promise<void> {
  const parts = orderOf(rows.parts(), links.parts(), names.parts());
  const { count, dimensions } = rows;
  const upperLength = links.parts()[2].length;
  const header = Uint32Array.of(magic, format, dimensions, links.m, count, upperLength, entry, 0);
  await writeDurably(file, [header, ...parts].map(bytesOf));
}

/** @throws CheckpointDamage when the file is of another length than it says, of another form, or its links lead nowhere */
export async function readGraphFile(file: string, dimensions: number, m: number): Promise<GraphContent> {
  const handle = await open(file, "r");
  try {
    const header = new Uint32Array(headerNumbers);
    if (!(await readWhole(handle, bytesOf(header)))) throw new CheckpointDamage("the graph's header is cut off");
    const [magicFound, formatFound, dimensionsFound, mFound, count = 0, upperLength = 0, entry = 0] = header;
    if (magicFound !== magic || formatFound !== format) throw new CheckpointDamage("another form of graph");
    if (dimensionsFound !== dimensions || mFound !== m) throw new CheckpointDamage("a graph of other vectors");
    const { size } = await handle.stat();
    if (size !== lengthOf(count, upperLength, dimensions, m)) {
      throw new CheckpointDamage("the graph has another length than its nodes say");
    }
    const rows = new CodeRows(dimensions, count);
    const links = new LinkLists(m, count);
    const names = new NodeNames(count);
    for (const part of orderOf(rows.restore(count), links.restore(count, upperLength), names.restore(count))) {
      if (!(await readWhole(handle, bytesOf(part)))) throw new CheckpointDamage("the graph is cut off");
    }
    const problem =
      rows.problem() ??
      links.problem() ??
      names.restored() ??
      (entry < Math.max(1, count) ? undefined : "it has no entry");
    if (problem !== undefined) throw new CheckpointDamage(`the graph is damaged: ${problem}`);
    return { rows, links, names, entry };
  } finally {
    await handle.close();
  }
}

type Part = Uint32Array | Float32Array | Uint8Array | Int8Array;

function orderOf(
  [scales, codes]: ReturnType<CodeRows["parts"]>,
  [levels, starts, upper, lowest]: ReturnType<LinkLists["parts"]>,
  [labels, dead]: ReturnType<NodeNames["parts"]>,
): readonly Part[] {
  return [labels, scales, starts, upper, lowest, dead, levels, codes];
}

function lengthOf(count: number, upperLength: number, dimensions: number, m: number): number {
  return 4 * (headerNumbers + upperLength) + count * (3 * 4 + 2 * m * 4 + 2 + strideOf(dimensions));
}

function bytesOf(part: Part): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}
