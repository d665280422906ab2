import type { EmbedderId, KnowledgeBaseId, VectorCollection, VectorCollections } from "@larder/contracts";
import { vectorCollectionOf } from "@larder/contracts";
import { eq, sql } from "drizzle-orm";
import { knowledgeBases, reindexings } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";

/** Short synchronous reads, as those of the log. */
const call = { signal: new AbortController().signal };

export function createVectorCollections({ read, connection: { db } }: StoreContext): VectorCollections {
  const { generation, embedderId } = knowledgeBases;
  const live = db
    .select({ generation, embedderId })
    .from(knowledgeBases)
    .where(eq(knowledgeBases.id, sql.placeholder("id")))
    .prepare();
  const coming = db
    .select({
      id: reindexings.knowledgeBaseId,
      generation: reindexings.generation,
      embedderId: reindexings.embedderId,
    })
    .from(reindexings)
    .prepare();
  return {
    async live(id) {
      return read(call, () => {
        const row = live.get({ id });
        return row === undefined ? undefined : toCollection(id, row);
      });
    },
    async coming() {
      return read(call, () => coming.all().map(({ id, ...row }) => toCollection(id, row)));
    },
  };
}

function toCollection(
  id: KnowledgeBaseId,
  row: { readonly generation: number; readonly embedderId: EmbedderId | null },
): VectorCollection {
  return {
    id: vectorCollectionOf(id, row.generation),
    ...(row.embedderId === null ? {} : { embedderId: row.embedderId }),
  };
}
