import type { LexicalIndex } from "@larder/contracts";
import { eq } from "drizzle-orm";
import { findKnowledgeBase } from "../find-rows.ts";
import { knowledgeBases } from "../schema/index.ts";
import type { StoreContext } from "../store-context.ts";

/**
 * The lexical port over the store's own tables of terms. Passages that become ready are added by the store itself, in
 * the transaction that makes them ready; `add` and `remove` are for whoever holds no documents.
 */
export function createSqliteLexicalIndex({ read, write, terms }: StoreContext): LexicalIndex {
  return {
    async search(knowledgeBaseId, query, options, call) {
      return read(call, (queries) => {
        const row = queries
          .select({ number: knowledgeBases.number, passageCount: knowledgeBases.passageCount })
          .from(knowledgeBases)
          .where(eq(knowledgeBases.id, knowledgeBaseId))
          .get();
        return row === undefined ? [] : terms.search(row.number, query, { ...options, passageCount: row.passageCount });
      });
    },
    async add(knowledgeBaseId, entries, call) {
      const prepared = entries.map((entry) => ({ label: entry.label, terms: terms.prepare(entry) }));
      write(call, (queries) => terms.put(findKnowledgeBase(queries, knowledgeBaseId).number, prepared));
    },
    async remove(knowledgeBaseId, labels, call) {
      write(call, (queries) => terms.remove(findKnowledgeBase(queries, knowledgeBaseId).number, labels));
    },
  };
}
