import type { Attempt, Ledger, Receipt, UsageGroup, UsageTotal } from "@larder/contracts";
import { LarderError, nanoUsd, noTokens } from "@larder/contracts";
import type { SQL } from "drizzle-orm";
import { and, asc, count, desc, eq, getTableColumns, gt, gte, lt, or, sum } from "drizzle-orm";
import { checkLimit, readCursor, toPage } from "./cursor.ts";
import { readStoredReceipt } from "./read-stored-receipt.ts";
import { insertOfReceipt, readChain, toReceipt, toReceiptOrDamaged } from "./receipt-chain-rows.ts";
import type { Insert, RowWriter } from "./row-writer.ts";
import { ledgerEntries, receipts } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";
import { toLarderError } from "./to-larder-error.ts";

/** Receipts read at once while streaming. */
const receiptsPerRead = 200;
/** @param context - On a connection with safe integers: sums of money pass through no double. */
export function createLedgerRows(context: StoreContext, writer: RowWriter): Ledger {
  const { read } = context;
  return {
    async record(receipt, call) {
      call.signal.throwIfAborted();
      try {
        await writer.write(insertsOf(receipt));
      } catch (error) {
        throw toLarderError(error);
      }
    },
    async receipt(id, call) {
      return read(call, (queries) => {
        const row = queries.select().from(receipts).where(eq(receipts.id, id)).get();
        if (row === undefined) throw new LarderError("RECEIPT_NOT_FOUND", { details: { receipt_id: id } });
        return toReceipt(row);
      });
    },
    async receipts({ limit, cursor, knowledgeBaseId }, call) {
      checkLimit(limit);
      const [beforeMs, beforeNumber] = cursor === undefined ? [] : readCursor(cursor, 2);
      return read(call, (queries) => {
        const rows = queries
          .select()
          .from(receipts)
          .where(
            and(
              knowledgeBaseId === undefined ? undefined : eq(receipts.knowledgeBaseId, knowledgeBaseId),
              beforeMs === undefined || beforeNumber === undefined
                ? undefined
                : or(
                    lt(receipts.createdAtMs, beforeMs),
                    and(eq(receipts.createdAtMs, beforeMs), lt(receipts.number, beforeNumber)),
                  ),
            ),
          )
          .orderBy(desc(receipts.createdAtMs), desc(receipts.number))
          .limit(limit + 1)
          .all();
        const page = toPage(rows, limit, (row) => [row.createdAtMs, Number(row.number)], toReceiptOrDamaged);
        return {
          ...page,
          data: page.data.flatMap(({ receipt }) => receipt ?? []),
          damaged: page.data.flatMap(({ damaged }) => damaged ?? []),
        };
      });
    },
    chain: (call) => readChain(context, call),
    async *receiptsWithin({ fromMs, toMs, knowledgeBaseId }, call) {
      let place: { readonly ms: number; readonly number: number } | undefined;
      for (;;) {
        const from: SQL | undefined =
          place === undefined
            ? gte(receipts.createdAtMs, fromMs)
            : or(
                gt(receipts.createdAtMs, place.ms),
                and(eq(receipts.createdAtMs, place.ms), gt(receipts.number, place.number)),
              );
        const ofOne = knowledgeBaseId === undefined ? undefined : eq(receipts.knowledgeBaseId, knowledgeBaseId);
        const rows = read(call, (queries) =>
          queries
            .select()
            .from(receipts)
            .where(and(from, lt(receipts.createdAtMs, toMs), ofOne))
            .orderBy(asc(receipts.createdAtMs), asc(receipts.number))
            .limit(receiptsPerRead)
            .all(),
        );
        for (const row of rows) {
          yield readStoredReceipt(row);
          place = { ms: row.createdAtMs, number: Number(row.number) };
        }
        if (rows.length < receiptsPerRead) return;
      }
    },
    async usage({ fromMs, toMs, knowledgeBaseId }, group, call) {
      const within = and(
        gte(ledgerEntries.startedAtMs, fromMs),
        lt(ledgerEntries.startedAtMs, toMs),
        knowledgeBaseId === undefined ? undefined : eq(ledgerEntries.knowledgeBaseId, knowledgeBaseId),
      );
      return read(call, (queries) => sumUsage(queries, group, within));
    },
  };
}

type EntryRow = typeof ledgerEntries.$inferInsert;

/** A count that a receipt of before its bucket lacks has the column's default: none. */
const entryColumns = Object.entries(getTableColumns(ledgerEntries)).flatMap(([key, { name, default: preset }]) =>
  name === "number" ? [] : [{ key: key as keyof EntryRow, name, preset: typeof preset === "number" ? preset : null }],
);
const deleteIntent = "delete from call_intents where receipt_id = ?";
const insertEntry = `insert into ledger_entries (${entryColumns.map(({ name }) => name).join(", ")}) values (${entryColumns.map(() => "?").join(", ")})`;

/**
 * Rows of one receipt, and the end of its intent, written by another connection than this file's: as SQL, values as the
 * columns hold them.
 */
export function insertsOf(receipt: Receipt): readonly Insert[] {
  const entries = receipt.route.attempts.map((attempt, position): Insert => {
    const entry = toEntry(receipt, attempt, position);
    return [insertEntry, entryColumns.map(({ key, preset }) => entry[key] ?? preset)];
  });
  return [insertOfReceipt(receipt), ...entries, [deleteIntent, [receipt.id]]];
}

const groupColumns = {
  model: ledgerEntries.model,
  provider: ledgerEntries.provider,
  knowledge_base: ledgerEntries.knowledgeBaseId,
  day: ledgerEntries.day,
} as const satisfies Record<UsageGroup, unknown>;

function sumUsage(queries: Queries, group: UsageGroup, within: SQL | undefined): readonly UsageTotal[] {
  const key = groupColumns[group];
  return queries
    .select({
      key,
      attempts: count().mapWith(Number),
      priced: count(ledgerEntries.costNanoUsd).mapWith(Number),
      cost: sum(ledgerEntries.costNanoUsd).mapWith(BigInt),
      inputFresh: sum(ledgerEntries.inputFreshTokens).mapWith(Number),
      inputCacheRead: sum(ledgerEntries.inputCacheReadTokens).mapWith(Number),
      inputCacheWrite: sum(ledgerEntries.inputCacheWriteTokens).mapWith(Number),
      outputText: sum(ledgerEntries.outputTextTokens).mapWith(Number),
      outputReasoning: sum(ledgerEntries.outputReasoningTokens).mapWith(Number),
      inputCacheWriteLong: sum(ledgerEntries.inputCacheWriteLongTokens).mapWith(Number),
      inputAudio: sum(ledgerEntries.inputAudioTokens).mapWith(Number),
      inputImage: sum(ledgerEntries.inputImageTokens).mapWith(Number),
      outputAudio: sum(ledgerEntries.outputAudioTokens).mapWith(Number),
    })
    .from(ledgerEntries)
    .where(within)
    .groupBy(key)
    .orderBy(asc(key))
    .all()
    .map(({ key, attempts, priced, cost, ...tokens }) => ({
      key,
      attempts,
      tokens,
      cost: nanoUsd(cost ?? 0n), // no attempt of the group has a known cost
      unpricedAttempts: attempts - priced,
    }));
}

function toEntry(receipt: Receipt, attempt: Attempt, position: number): EntryRow {
  const tokens = { ...noTokens, ...attempt.usage?.tokens }; // an attempt of before a bucket was told apart has none of it
  return {
    receiptId: receipt.id,
    position,
    knowledgeBaseId: receipt.knowledgeBaseId,
    provider: attempt.provider,
    model: `${attempt.provider}/${attempt.model}`,
    day: new Date(attempt.startedAtMs).toISOString().slice(0, 10),
    startedAtMs: attempt.startedAtMs,
    outcome: attempt.outcome,
    billed: attempt.billed,
    costNanoUsd: attempt.cost ?? (attempt.billed === "no" ? nanoUsd(0n) : null),
    usageSource: attempt.usage?.source ?? null,
    inputFreshTokens: tokens.inputFresh,
    inputCacheReadTokens: tokens.inputCacheRead,
    inputCacheWriteTokens: tokens.inputCacheWrite,
    outputTextTokens: tokens.outputText,
    outputReasoningTokens: tokens.outputReasoning,
    inputCacheWriteLongTokens: tokens.inputCacheWriteLong,
    inputAudioTokens: tokens.inputAudio,
    inputImageTokens: tokens.inputImage,
    outputAudioTokens: tokens.outputAudio,
    searches: attempt.usage?.searches ?? 0,
    lane: attempt.usage?.lane ?? null,
    region: attempt.usage?.region ?? null,
    billedNanoUsd: attempt.usage?.billedCost ?? null,
    priceBookId: receipt.route.priceBookId,
    pricesAsOf: receipt.route.pricesAsOf ?? null,
  };
}
