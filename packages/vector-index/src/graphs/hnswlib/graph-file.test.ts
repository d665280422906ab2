import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asLabel, clusteredVectors, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-index.ts";
import { loadGraphLibrary } from "../load-graph-library.ts";
import { graphParameters } from "../vector-graph.ts";
import { checkGraphFile } from "./graph-file.ts";

const native = await loadGraphLibrary("hnswlib-node");

describe.skipIf(native === undefined)("a graph file of hnswlib-node", () => {
  it("is refused at each length but its own", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "graph.bin");
    const nodes = 300;
    const graph = native?.create(8, nodes, graphParameters);
    for (const [i, vector] of clusteredVectors(nodes, 8, seededRandom(4)).entries()) graph?.add(asLabel(i + 1), vector);
    await graph?.save(file);
    await checkGraphFile(file, nodes);
    await expect(checkGraphFile(file, nodes - 1)).rejects.toThrow("other nodes");
    const bytes = await readFile(file);
    for (let length = bytes.byteLength - 1; length >= 0; length -= 997) {
      await truncate(file, length);
      await expect(checkGraphFile(file, nodes)).rejects.toThrow();
    }
    await writeFile(file, Buffer.concat([bytes, Buffer.alloc(1)]));
    await expect(checkGraphFile(file, nodes)).rejects.toThrow("another length");
  });
});
