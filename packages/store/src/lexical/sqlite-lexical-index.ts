import type { LexicalIndex } from "@larder/contracts";
import { eq } from "drizzle-orm";
import { findKnowledgeBase } from "../find-rows.ts";
import { knowledgeBases } from "../schema/index.ts";
import type { StoreContext } from "../store-context.ts";
import { holdLanguages } from "./held-languages.ts";
import { planLanguages } from "./plan-languages.ts";

/**
 * The lexical port over the store's own tables of terms. Passages that become ready are added by the store itself, in
 * the transaction that makes them ready; `add` and `remove` are for whoever holds no documents.
 */
export function createSqliteLexicalIndex({ read, write, terms }: StoreContext): LexicalIndex {
  return {
    async search(knowledgeBaseId, query, options, call) {
      return read(call, (queries) => {
        const row = queries
          .select({
            number: knowledgeBases.number,
            generation: knowledgeBases.generation,
            languages: knowledgeBases.languages,
            passageCount: knowledgeBases.passageCount,
          })
          .from(knowledgeBases)
          .where(eq(knowledgeBases.id, knowledgeBaseId))
          .get();
        if (row === undefined) return [];
        const { languages, passageCount } = row;
        return terms.search(row, query, { ...options, languages, passageCount });
      });
    },
    async add(knowledgeBaseId, entries, call) {
      const prepared = entries.map((entry) => {
        const language = entry.language ?? planLanguages([entry.text], terms.detector)[0];
        return { label: entry.label, language, terms: terms.prepare({ ...entry, language }) };
      });
      write(call, (queries) => {
        const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
        const { languages } = knowledgeBase;
        terms.put(knowledgeBase, prepared);
        if (prepared.length === 0) return;
        const held = holdLanguages(
          languages,
          prepared.map((entry) => entry.language),
        );
        queries.update(knowledgeBases).set({ languages: held }).where(eq(knowledgeBases.id, knowledgeBaseId)).run();
      });
    },
    async remove(knowledgeBaseId, labels, call) {
      write(call, (queries) => terms.remove(findKnowledgeBase(queries, knowledgeBaseId), labels));
    },
  };
}
