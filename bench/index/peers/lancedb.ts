import type { Table } from "@lancedb/lancedb";
import { connect, Index } from "@lancedb/lancedb";
import { graphParameters } from "@larder/vector-index";
import * as arrow from "apache-arrow";
import type { OpenIndex, Peer, Shape } from "../peer.ts";
import { usualEfs } from "../peer.ts";
import type { VectorBlock } from "../vector-blocks.ts";
import { readBlocks } from "../vector-blocks.ts";

const tableName = "vectors";
const refineFactor = 2; // its graph holds numbers of 8 bits, so the nearest are compared again by the stored ones
const leastEf = 10 * refineFactor; // it refuses fewer candidates than it refines
const efs = usualEfs.filter((ef) => ef >= leastEf);

function opened(table: Table, first: number): OpenIndex {
  let ef = first;
  return {
    setEf(next) {
      ef = next;
    },
    async search(query, k) {
      const found = await table
        .vectorSearch(query)
        .distanceType("cosine")
        .ef(ef)
        .refineFactor(refineFactor)
        .select(["id", "_distance"])
        .limit(k)
        .toArray();
      return found.map((row: { readonly id: number }) => row.id);
    },
    close: async () => table.close(),
  };
}

/** In the caller's process, from its own files. All threads build. */
export const lancedb: Peer = {
  efs,
  note: `refined ×${refineFactor}`,
  async build(file, { folder, dimensions }, progress) {
    const connection = await connect(folder);
    let table: Table | undefined;
    for (const block of readBlocks(file, dimensions)) {
      const rows = toArrow(block, dimensions);
      if (table === undefined) table = await connection.createTable(tableName, rows);
      else await table.add(rows);
      progress(block.first + block.count);
    }
    if (table === undefined) throw new Error("no vectors");
    await table.optimize(); // a thousand small files would slow every query
    const { m, efConstruction } = graphParameters;
    const config = Index.hnswSq({ distanceType: "cosine", numPartitions: 1, m, efConstruction });
    await table.createIndex("vector", { config });
    return opened(table, leastEf);
  },
  open: async ({ folder }: Shape, ef = leastEf) => opened(await (await connect(folder)).openTable(tableName), ef),
};

/** Without an object for each number. */
function toArrow({ first, count, values }: VectorBlock, dimensions: number): arrow.Table {
  const item = new arrow.Field("item", new arrow.Float32(), true);
  const numbers = arrow.makeData({ type: new arrow.Float32(), data: values.slice() });
  const vectors = arrow.makeData({
    type: new arrow.FixedSizeList(dimensions, item),
    length: count,
    nullCount: 0,
    child: numbers,
  });
  const ids = arrow.makeData({
    type: new arrow.Int32(),
    data: Int32Array.from({ length: count }, (_, i) => first + i),
  });
  return new arrow.Table({ id: arrow.makeVector(ids), vector: arrow.makeVector(vectors) });
}
