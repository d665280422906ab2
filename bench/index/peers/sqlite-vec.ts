import { join } from "node:path";
import Database from "better-sqlite3";
import { load } from "sqlite-vec";
import type { OpenIndex, Peer, Shape } from "../peer.ts";
import { readBlocks } from "../vector-blocks.ts";

interface Row {
  readonly rowid: number;
}

function openDatabase({ folder }: Shape): Database.Database {
  const database = new Database(join(folder, "vectors.sqlite"));
  load(database);
  return database;
}

function opened(database: Database.Database): OpenIndex {
  const search = database.prepare<[Buffer, number], Row>(
    "SELECT rowid FROM vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance",
  );
  return {
    search: (query, k) => search.all(bytesOf(query), k).map(({ rowid }) => rowid - 1),
    close: async () => void database.close(),
  };
}

/** Compares with every vector, read from the database for each query. */
export const sqliteVec: Peer = {
  note: "exact",
  async build(file, shape, progress) {
    const database = openDatabase(shape);
    database.pragma("journal_mode = WAL");
    database.exec(
      `CREATE VIRTUAL TABLE vectors USING vec0(embedding float[${shape.dimensions}] distance_metric=cosine)`,
    );
    const insert = database.prepare("INSERT INTO vectors (rowid, embedding) VALUES (?, ?)");
    for (const block of readBlocks(file, shape.dimensions)) {
      database.transaction(() => {
        for (let i = 0; i < block.count; i++) insert.run(BigInt(block.first + i + 1), bytesOf(block.row(i)));
      })();
      progress(block.first + block.count);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return opened(database);
  },
  open: async (shape) => opened(openDatabase(shape)),
};

function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
