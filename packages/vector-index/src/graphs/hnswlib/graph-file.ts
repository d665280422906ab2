import { open } from "node:fs/promises";
import { CheckpointDamage } from "../../checkpoint-damage.ts";
import { readWhole } from "../../durable-files.ts";

const headerBytes = 96;
const linkReadBytes = 2 ** 20;

/**
 * Checks that a graph file was written to its end. hnswlib reports no failed write: on a full disk its save returns as
 * if all were well. The file is (all numbers little-endian, on the 64-bit machines that it runs on)
 *
 * | offset | bytes         | what                                                                  |
 * | -----: | ------------- | --------------------------------------------------------------------- |
 * |     16 | 8             | nodes, n                                                              |
 * |     24 | 8             | bytes of a node on the lowest level, s                                |
 * |     96 | n × s         | those nodes                                                           |
 * |        | n × (4 + ...) | for each node the bytes of its links on higher levels, then the links |
 *
 * so its length follows from what it says itself. Cost: reads the links only, about a twentieth of the file.
 *
 * @throws CheckpointDamage when the file is shorter or longer than that, or holds another number of nodes
 */
export async function checkGraphFile(file: string, nodes: number): Promise<void> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const header = Buffer.alloc(headerBytes);
    if (!(await readWhole(handle, header))) throw new CheckpointDamage("the graph's header is cut off");
    if (Number(header.readBigUInt64LE(16)) !== nodes) throw new CheckpointDamage("the graph has other nodes");
    let offset = headerBytes + nodes * Number(header.readBigUInt64LE(24));
    const window = Buffer.alloc(linkReadBytes);
    let windowStart = 0;
    let windowEnd = 0;
    for (let node = 0; node < nodes; node++) {
      if (offset + 4 > size) throw new CheckpointDamage("the graph is cut off");
      if (offset < windowStart || offset + 4 > windowEnd) {
        const { bytesRead } = await handle.read(window, 0, linkReadBytes, offset);
        windowStart = offset;
        windowEnd = offset + bytesRead;
        if (bytesRead < 4) throw new CheckpointDamage("the graph is cut off");
      }
      offset += 4 + window.readUInt32LE(offset - windowStart);
    }
    if (offset !== size) throw new CheckpointDamage("the graph has another length than its nodes say");
  } finally {
    await handle.close();
  }
}
