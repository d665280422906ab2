import type { Call, ChainedReceipt, ChainPlace, DamagedReceipt, Receipt } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import {
  canonicalJson,
  genesisHash,
  readUnambiguousJson,
  receiptHash,
  sha256Hex,
  sha256OfJson,
} from "@larder/receipts";
import { asc, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { readStoredReceipt } from "./read-stored-receipt.ts";
import type { Insert } from "./row-writer.ts";
import { receipts } from "./schema/index.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Receipts read or chained at once. */
const receiptsPerRead = 200;

/**
 * One statement, so that the last hash is read and the next one written under the same write lock, whichever process
 * writes. The number goes on from the greatest that there ever was: a tail that was cut off leaves a gap behind it. A row
 * without a hash is passed over: what was spent is written down whatever somebody did to the rows before.
 * `sha256` is a function of the writer's connection; the text is that of `receiptHash` in @larder/receipts.
 */
const insertChained = `insert into receipts (number, id, knowledge_base_id, created_at_ms, receipt, previous_hash, hash)
select number, ?, ?, ?, ?, previous,
  sha256('larder-receipt-1' || char(10) || number || char(10) || previous || char(10) || ?)
from (select
  coalesce((select seq from sqlite_sequence where name = 'receipts'), 0) + 1 as number,
  coalesce((select hash from receipts where hash is not null order by number desc limit 1), '${genesisHash}') as previous)`;

export function insertOfReceipt({ chain: _, ...receipt }: Receipt): Insert {
  const text = canonicalJson(receipt);
  return [insertChained, [receipt.id, receipt.knowledgeBaseId, receipt.createdAtMs, text, sha256Hex(text)]];
}

type ReceiptRow = typeof receipts.$inferSelect;

/** @throws {@link LarderError} `RECEIPT_DAMAGED` */
export function toReceipt(row: Omit<ReceiptRow, "knowledgeBaseId" | "createdAtMs">): Receipt {
  return { ...readStoredReceipt(row), chain: toPlace(row) };
}

/** For lists, where one row must not hide the others. */
export function toReceiptOrDamaged(row: Parameters<typeof toReceipt>[0]): {
  readonly receipt?: Receipt;
  readonly damaged?: DamagedReceipt;
} {
  try {
    return { receipt: toReceipt(row) };
  } catch (error) {
    if (LarderError.is(error) && error.code === "RECEIPT_DAMAGED") {
      return { damaged: { id: row.id, number: Number(row.number) } };
    }
    throw error;
  }
}

/** A row that somebody stripped of its hashes is told of by the check of the chain. */
function toPlace({ number, previousHash, hash }: Pick<ReceiptRow, "number" | "previousHash" | "hash">): ChainPlace {
  return { number: Number(number), previousHash: previousHash ?? "", hash: hash ?? "" };
}

/** Every receipt as it is stored, some at a time. Also those whose number is none of a chain: lists show them too. */
export async function* readChain({ read }: StoreContext, call: Call): AsyncGenerator<ChainedReceipt> {
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = read(call, (queries) =>
      queries
        .select()
        .from(receipts)
        .where(gt(receipts.number, after))
        .orderBy(asc(receipts.number))
        .limit(receiptsPerRead)
        .all(),
    );
    for (const row of rows) yield { ...toPlace(row), receipt: contentOf(row) };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.number);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Receipts are found by their row's id, knowledge base and time, which no hash covers: a row that is filed under others
 * than its receipt names cannot have the hash of it.
 */
function contentOf({ id, knowledgeBaseId, createdAtMs, receipt: text }: ReceiptRow): unknown {
  const content = parseStored(text);
  if (typeof content !== "object" || content === null) return content;
  const named = content as Partial<Receipt>;
  const isFiledAs = named.id === id && named.knowledgeBaseId === knowledgeBaseId && named.createdAtMs === createdAtMs;
  return isFiledAs ? content : { misfiled: text };
}

/** What is no JSON any more, or not the same to every reader, cannot have the hash of one: the text stands for it. */
function parseStored(text: string): unknown {
  const value = readUnambiguousJson(text);
  return value === undefined ? { unreadable: text } : value;
}

/**
 * Ties receipts from before the chain to each other, in their order. Nothing is known of what happened to them earlier.
 * The caller keeps other processes from opening the database meanwhile.
 */
export function chainOldReceipts({ db }: SqliteConnection): void {
  const { number, hash } = receipts;
  const last = db.select({ hash }).from(receipts).orderBy(desc(number)).limit(1).get();
  if (last === undefined || last.hash !== null) return;
  for (let isMore = true; isMore; ) {
    isMore = db.transaction(
      (tx) => {
        const rows = tx
          .select({ number, text: receipts.receipt })
          .from(receipts)
          .where(isNull(hash))
          .orderBy(asc(number))
          .limit(receiptsPerRead)
          .all();
        const [first] = rows;
        if (first === undefined) return false;
        const before = tx
          .select({ hash })
          .from(receipts)
          .where(sql`${number} < ${first.number}`)
          .orderBy(desc(number))
          .limit(1)
          .get();
        let previous = before?.hash ?? genesisHash;
        for (const row of rows) {
          const own = receiptHash(row.number, previous, sha256OfJson(parseStored(row.text)));
          tx.update(receipts).set({ previousHash: previous, hash: own }).where(eq(number, row.number)).run();
          previous = own;
        }
        return true;
      },
      { behavior: "immediate" },
    );
  }
}
