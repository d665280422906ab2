import type { Call, EmbedderId, KnowledgeBaseId, PastQuestions, QuestionOutcome } from "@larder/contracts";
import { desc, eq } from "drizzle-orm";
import { NearestRows } from "./nearest-rows.ts";
import type { RowWriter } from "./row-writer.ts";
import { pastQuestions } from "./schema/index.ts";
import type { StoreContext } from "./store-context.ts";
import { toLarderError } from "./to-larder-error.ts";

export interface PastQuestionOptions {
  /** Most that are kept of one knowledge base, >= 1. @defaultValue 2,000 */
  readonly questionsMax?: number;
}

/** Knowledge bases whose questions stay in memory, 2 MB each at 256 dimensions; others are read again. Chosen arbitrarily. */
const heldMax = 8;

const insert =
  "insert into past_questions (receipt_id, knowledge_base_id, embedder_id, vector, outcomes, at_ms) " +
  "select ?, id, ?, ?, ?, ? from knowledge_bases where id = ?"; // it may be gone meanwhile
const prune =
  "delete from past_questions where knowledge_base_id = ? and number <= (select number from past_questions " +
  "where knowledge_base_id = ? order by number desc limit 1 offset ?)";

/** With what a deleted knowledge base leaves in memory. */
export interface PastQuestionRows extends PastQuestions {
  forget(id: KnowledgeBaseId): void;
}

/**
 * Rows in the database, and in memory those of the knowledge bases that were asked last, so that a look-up reads no
 * disk. New ones go through the thread that writes receipts. One process answers questions; what another one writes is
 * seen when a knowledge base is read again.
 */
export function createPastQuestionRows(
  { read, write }: StoreContext,
  writer: RowWriter,
  { questionsMax = 2_000 }: PastQuestionOptions = {},
): PastQuestionRows {
  /** The one asked last at the end. */
  const held = new Map<KnowledgeBaseId, { readonly embedderId: EmbedderId; readonly rows: NearestRows }>();
  let written: Promise<unknown> = Promise.resolve();

  function rowsOf(id: KnowledgeBaseId, embedderId: EmbedderId, dimensions: number, call: Call): NearestRows {
    const known = held.get(id);
    held.delete(id);
    const isUsable = known?.embedderId === embedderId && known.rows.dimensions === dimensions;
    const rows = isUsable ? known.rows : load(id, embedderId, dimensions, call);
    held.set(id, { embedderId, rows });
    const [oldest] = held.keys();
    if (held.size > heldMax && oldest !== undefined) held.delete(oldest);
    return rows;
  }

  function load(id: KnowledgeBaseId, embedderId: EmbedderId, dimensions: number, call: Call): NearestRows {
    const rows = new NearestRows(dimensions, questionsMax);
    const newest = read(call, (queries) =>
      queries
        .select()
        .from(pastQuestions)
        .where(eq(pastQuestions.knowledgeBaseId, id))
        .orderBy(desc(pastQuestions.number))
        .limit(questionsMax)
        .all(),
    );
    for (const row of newest.reverse()) {
      if (row.embedderId === embedderId && row.vector.length === dimensions) rows.add(row.vector, row);
    }
    return rows;
  }

  return {
    async note({ receiptId, knowledgeBaseId, embedderId, vector, outcomes, atMs }, call) {
      call.signal.throwIfAborted();
      rowsOf(knowledgeBaseId, embedderId, vector.length, call).add(vector, { receiptId, outcomes, atMs });
      const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
      const values = [receiptId, embedderId, bytes, JSON.stringify(outcomes), atMs, knowledgeBaseId];
      const writing = writer.write([
        [insert, values],
        [prune, [knowledgeBaseId, knowledgeBaseId, questionsMax]],
      ]);
      written = writing.catch(() => undefined);
      try {
        await writing;
      } catch (error) {
        throw toLarderError(error);
      }
    },
    async judge(receiptId, outcome, call) {
      await written; // what was noted a moment ago is judged as well
      const judged = write(call, (queries) => {
        const row = queries.select().from(pastQuestions).where(eq(pastQuestions.receiptId, receiptId)).get();
        if (row === undefined) return undefined;
        const outcomes = [...row.outcomes.filter((each) => !isReplacedBy(each, outcome)), outcome];
        queries.update(pastQuestions).set({ outcomes }).where(eq(pastQuestions.receiptId, receiptId)).run();
        return { id: row.knowledgeBaseId, outcomes };
      });
      if (judged !== undefined) held.get(judged.id)?.rows.setOutcomes(receiptId, judged.outcomes);
    },
    async nearest({ knowledgeBaseId, embedderId, vector, limit, similarityMin }, call) {
      return rowsOf(knowledgeBaseId, embedderId, vector.length, call).nearest(vector, limit, similarityMin);
    },
    async outcomes({ knowledgeBaseId, embedderId, vector }, call) {
      return rowsOf(knowledgeBaseId, embedderId, vector.length, call).entries;
    },
    async clear(call) {
      await written;
      held.clear();
      write(call, (queries) => queries.delete(pastQuestions).run());
    },
    forget(id) {
      held.delete(id);
    },
  };
}

function isReplacedBy(earlier: QuestionOutcome, { source, provider, model }: QuestionOutcome): boolean {
  return earlier.source === source && earlier.provider === provider && earlier.model === model;
}
