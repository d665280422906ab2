import type { KnowledgeBase, KnowledgeBaseStore } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { asc, eq, gt } from "drizzle-orm";
import { checkLimit, readCursor, toPage } from "./cursor.ts";
import { deletePassagesOfKnowledgeBase } from "./delete-passages.ts";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import { findKnowledgeBase } from "./find-rows.ts";
import { findReindexing, toReindexing } from "./reindexing-rows.ts";
import { knowledgeBases } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/**
 * Knowledge bases as rows, each with its own table of lexical terms.
 * @param onDeleted - Told of each that is gone, for what is held of it elsewhere
 */
export function createKnowledgeBaseRows(
  { read, write, terms, clock, ids }: StoreContext,
  onDeleted: (id: KnowledgeBase["id"]) => void,
): KnowledgeBaseStore {
  return {
    async createKnowledgeBase({ name, description, settings }, call) {
      return write(call, (queries) => {
        refuseTakenName(queries, name);
        const id = ids.next("knowledgeBase");
        const values = { id, name, description, settings, createdAtMs: clock.nowMs(), termsId: terms.id };
        const row = queries.insert(knowledgeBases).values(values).returning().get();
        terms.create(row);
        return toKnowledgeBase(queries, row);
      });
    },
    async knowledgeBase(id, call) {
      return read(call, (queries) => toKnowledgeBase(queries, findKnowledgeBase(queries, id)));
    },
    async knowledgeBaseByName(name, call) {
      return read(call, (queries) => {
        const row = queries.select().from(knowledgeBases).where(eq(knowledgeBases.name, name)).get();
        return row === undefined ? undefined : toKnowledgeBase(queries, row);
      });
    },
    async knowledgeBases({ limit, cursor }, call) {
      checkLimit(limit);
      const [after = 0] = cursor === undefined ? [] : readCursor(cursor, 1);
      return read(call, (queries) => {
        const rows = queries
          .select()
          .from(knowledgeBases)
          .where(gt(knowledgeBases.number, after))
          .orderBy(asc(knowledgeBases.number))
          .limit(limit + 1)
          .all();
        return toPage(
          rows,
          limit,
          (row) => [row.number],
          (row) => toKnowledgeBase(queries, row),
        );
      });
    },
    async updateKnowledgeBase(id, change, call) {
      return write(call, (queries) => {
        const row = findKnowledgeBase(queries, id);
        if (change.name !== undefined && change.name !== row.name) refuseTakenName(queries, change.name);
        if (Object.values(change).every((value) => value === undefined)) return toKnowledgeBase(queries, row);
        const changed = queries.update(knowledgeBases).set(change).where(eq(knowledgeBases.id, id)).returning().get();
        return toKnowledgeBase(queries, changed);
      });
    },
    async deleteKnowledgeBase(id, call) {
      write(call, (queries) => {
        const { number, lastGeneration } = findKnowledgeBase(queries, id);
        for (let generation = 1; generation <= lastGeneration; generation++) terms.drop({ number, generation });
        deletePassagesOfKnowledgeBase(queries, id);
        queries.delete(knowledgeBases).where(eq(knowledgeBases.id, id)).run();
      });
      onDeleted(id);
    },
  };
}

function refuseTakenName(queries: Queries, name: string): void {
  const taken = queries
    .select({ id: knowledgeBases.id })
    .from(knowledgeBases)
    .where(eq(knowledgeBases.name, name))
    .get();
  if (taken === undefined) return;
  throw new LarderError("KNOWLEDGE_BASE_NAME_TAKEN", { details: { knowledge_base_id: taken.id } });
}

function toKnowledgeBase(queries: Queries, row: KnowledgeBaseRow): KnowledgeBase {
  const reindexing = findReindexing(queries, row.id);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    settings: row.settings,
    ...(row.embedderId === null ? {} : { embedderId: row.embedderId }),
    generation: row.generation,
    ...(reindexing === undefined ? {} : { reindexing: toReindexing(queries, reindexing) }),
    counts: { documents: row.documentCount, passages: row.passageCount, tokens: row.tokenCount },
    createdAtMs: row.createdAtMs,
  };
}
