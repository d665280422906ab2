import type { KnowledgeBaseId, Label, VectorSampler } from "@larder/contracts";
import { generationOf, vectorCollectionOf } from "@larder/contracts";
import { and, eq, gt, max, min, sql } from "drizzle-orm";
import { indexOperations, knowledgeBases, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Operations looked at from each chosen one on for a passage that is live. Those behind many deletes are chosen less. */
const operationsPerChoice = 20;

/** @param random - 0 <= x < 1 */
export function createVectorSampler({ read, connection: { db } }: StoreContext, random = Math.random): VectorSampler {
  const near = db
    .select({ label: indexOperations.label, kind: indexOperations.kind })
    .from(indexOperations)
    .where(
      and(
        ofCollection({ id: sql.placeholder("id"), generation: sql.placeholder("generation") }),
        sql`${indexOperations.sequence} >= ${sql.placeholder("sequence")}`,
      ),
    )
    .orderBy(indexOperations.sequence)
    .limit(operationsPerChoice)
    .as("near");
  const choose = db
    .select({ label: near.label, vector: vectors.vector })
    .from(near)
    .innerJoin(vectors, eq(vectors.label, near.label))
    .where(eq(near.kind, "add"))
    .limit(1)
    .prepare();

  return {
    async collections(call) {
      return read(call, (queries) => {
        const { id, generation, embedderId } = knowledgeBases;
        const rows = queries
          .select({ id, generation, embedderId })
          .from(knowledgeBases)
          .where(gt(knowledgeBases.passageCount, 0))
          .orderBy(knowledgeBases.number)
          .all();
        return rows.map((row) => ({
          id: vectorCollectionOf(row.id, row.generation),
          ...(row.embedderId === null ? {} : { embedderId: row.embedderId }),
        }));
      });
    },
    async sample(collection, size, call) {
      return read(call, (queries) => {
        const { id, generation } = generationOf(collection);
        const count = countOf(queries, id, generation);
        const ends = queries
          .select({ first: min(indexOperations.sequence), last: max(indexOperations.sequence) })
          .from(indexOperations)
          .where(ofCollection({ id, generation }))
          .get();
        if (count === undefined || !ends?.first || !ends.last) return undefined;
        const { first, last } = ends;
        const chosen = new Map<Label, Float32Array>();
        for (let i = 0; i < size; i++) {
          const sequence = first + Math.floor(random() * (last - first + 1));
          const row = choose.get({ id, generation, sequence });
          if (row !== undefined) chosen.set(row.label, row.vector);
        }
        return { sequence: last, count, samples: [...chosen].map(([label, vector]) => ({ label, vector })) };
      });
    },
  };
}

type Value = KnowledgeBaseId | number | ReturnType<typeof sql.placeholder>;

function ofCollection({ id, generation }: { readonly id: Value; readonly generation: Value }) {
  return and(sql`${indexOperations.knowledgeBaseId} = ${id}`, sql`${indexOperations.generation} = ${generation}`);
}

/** `undefined` when the generation is not the one that searches see. */
function countOf(queries: Queries, id: KnowledgeBaseId, generation: number): number | undefined {
  const ofLive = and(eq(knowledgeBases.id, id), eq(knowledgeBases.generation, generation));
  return queries.select({ count: knowledgeBases.passageCount }).from(knowledgeBases).where(ofLive).get()?.count;
}
