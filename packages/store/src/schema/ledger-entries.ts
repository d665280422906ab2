import type { AttemptOutcome, KnowledgeBaseId, PriceLane, ReceiptId, UsageSource } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { nanoUsdColumn, wholeNumberColumn } from "./column-types.ts";
import { receipts } from "./receipts.ts";

/** One provider call, paid or not. Append only. */
export const ledgerEntries = sqliteTable(
  "ledger_entries",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    receiptId: text("receipt_id")
      .$type<ReceiptId>()
      .notNull()
      .references(() => receipts.id),
    /** Place among the receipt's attempts, from 0. */
    position: wholeNumberColumn().notNull(),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    provider: text().notNull(),
    /** `provider/model`. */
    model: text().notNull(),
    /** UTC date of `started_at_ms`, `2026-11-24`. */
    day: text().notNull(),
    startedAtMs: wholeNumberColumn("started_at_ms").notNull(),
    outcome: text().$type<AttemptOutcome>().notNull(),
    billed: text().$type<"yes" | "no" | "unknown">().notNull(),
    /** NULL is unknown; an attempt that was not billed cost exactly 0. */
    costNanoUsd: nanoUsdColumn("cost_nano_usd"),
    usageSource: text("usage_source").$type<UsageSource>(),
    inputFreshTokens: wholeNumberColumn("input_fresh_tokens").notNull(),
    inputCacheReadTokens: wholeNumberColumn("input_cache_read_tokens").notNull(),
    inputCacheWriteTokens: wholeNumberColumn("input_cache_write_tokens").notNull(),
    outputTextTokens: wholeNumberColumn("output_text_tokens").notNull(),
    outputReasoningTokens: wholeNumberColumn("output_reasoning_tokens").notNull(),
    // Added to a table that is in use: outside its CHECK, which SQLite changes only by copying every row.
    inputCacheWriteLongTokens: wholeNumberColumn("input_cache_write_long_tokens").notNull().default(0),
    inputAudioTokens: wholeNumberColumn("input_audio_tokens").notNull().default(0),
    inputImageTokens: wholeNumberColumn("input_image_tokens").notNull().default(0),
    outputAudioTokens: wholeNumberColumn("output_audio_tokens").notNull().default(0),
    searches: wholeNumberColumn().notNull().default(0),
    /** How it was billed; NULL: not told, which is the standard lane. */
    lane: text().$type<PriceLane>(),
    region: text(),
    /** What the provider said that it charges; `cost_nano_usd` is then the same. */
    billedNanoUsd: nanoUsdColumn("billed_nano_usd"),
    /** The prices behind the cost, and the date of the newest among them; NULL in rows from before they were kept. */
    priceBookId: text("price_book_id"),
    pricesAsOf: text("prices_as_of"),
  },
  (table) => [
    unique("ledger_entries_attempt").on(table.receiptId, table.position),
    index("ledger_entries_time").on(table.startedAtMs),
    check("ledger_entries_billed", sql`${table.billed} in ('yes', 'no', 'unknown')`),
    check("ledger_entries_cost", sql`${table.costNanoUsd} is null or ${table.costNanoUsd} >= 0`),
    check(
      "ledger_entries_tokens",
      sql`${table.inputFreshTokens} >= 0 and ${table.inputCacheReadTokens} >= 0 and ${table.inputCacheWriteTokens} >= 0 and ${table.outputTextTokens} >= 0 and ${table.outputReasoningTokens} >= 0`,
    ),
  ],
);
