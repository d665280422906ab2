import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type {
  ArrivalRecord,
  BatchRequests,
  BudgetStore,
  Call,
  CallIntents,
  Clock,
  ComponentHealth,
  DocumentStore,
  FeedbackStore,
  IdempotencyStore,
  Ids,
  IndexLogPruning,
  IndexOperationLog,
  IndexRoots,
  Ledger,
  LexicalIndex,
  PastQuestions,
  RoutingRecord,
  VectorCollections,
  VectorSampler,
} from "@larder/contracts";
import { createBatchRows } from "./batch-rows.ts";
import type { BudgetOptions } from "./budget-rows.ts";
import { createBudgetRows } from "./budget-rows.ts";
import { createCallIntentRows } from "./call-intent-rows.ts";
import { createDocumentReader } from "./document-reader.ts";
import { createDocumentWriter } from "./document-writer.ts";
import { lockExclusively } from "./exclusive-file-lock.ts";
import type { IdempotencyOptions } from "./idempotency-keys.ts";
import { createIdempotencyKeys } from "./idempotency-keys.ts";
import { createIndexRoots } from "./index-roots.ts";
import type { IntegrityReport } from "./integrity.ts";
import { checkIntegrity } from "./integrity.ts";
import { createJobStore } from "./job-store.ts";
import { createKnowledgeBaseRows } from "./knowledge-base-rows.ts";
import { createLedgerArrivals } from "./ledger-arrivals.ts";
import { createLedgerRows } from "./ledger-rows.ts";
import { countDamagedTerms, termsReplacements } from "./lexical/damaged-terms.ts";
import { countOutdated, remakeTerms } from "./lexical/remake-terms.ts";
import { createSqliteLexicalIndex } from "./lexical/sqlite-lexical-index.ts";
import type { LexicalOptions } from "./lexical/terms-table.ts";
import { createTermsTable } from "./lexical/terms-table.ts";
import { countUncountedTotals } from "./lexical/terms-totals.ts";
import { createLongWrites } from "./long-writes.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { createOperationLog } from "./operation-log.ts";
import type { PastQuestionOptions } from "./past-question-rows.ts";
import { createPastQuestionRows } from "./past-question-rows.ts";
import { createLogPruning } from "./prune-operations.ts";
import { chainOldReceipts } from "./receipt-chain-rows.ts";
import { createReindexStore } from "./reindex-store.ts";
import { createFeedbackRows, createRoutingRows } from "./routing-rows.ts";
import { createRowWriter } from "./row-writer.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { openConnection } from "./sqlite-connection.ts";
import { createStoreContext } from "./store-context.ts";
import { createTaskRows } from "./task-rows.ts";
import { toLarderError } from "./to-larder-error.ts";
import { createVectorCollections } from "./vector-collections.ts";
import { createVectorSampler } from "./vector-sampler.ts";

export interface SqliteStoreOptions {
  /** Made, with its folder, where it is missing. */
  readonly file: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Longest wait for another process's write. The wait blocks this process. @defaultValue 5,000 */
  readonly busyTimeoutMs?: number;
  readonly lexical?: LexicalOptions;
  readonly idempotency?: IdempotencyOptions;
  readonly budgets?: BudgetOptions;
  readonly pastQuestions?: PastQuestionOptions;
  /**
   * For a process without the data folder's lock. A database of an older form is then refused: whoever holds the folder may be
   * older code, which would go on with a form that it does not know. @defaultValue false
   */
  readonly isHeldByAnother?: boolean;
}

/** The record of one machine: every port of the database. Several processes may have the same file open. */
export interface SqliteStore extends AsyncDisposable {
  readonly documents: DocumentStore;
  readonly batchRequests: BatchRequests;
  readonly ledger: Ledger;
  /** What the ledger knows of traffic. */
  readonly arrivals: ArrivalRecord;
  readonly callIntents: CallIntents;
  readonly budgets: BudgetStore;
  readonly idempotency: IdempotencyStore;
  readonly routing: RoutingRecord;
  readonly feedback: FeedbackStore;
  readonly pastQuestions: PastQuestions;
  readonly lexical: LexicalIndex;
  readonly operationLog: IndexOperationLog;
  readonly logPruning: IndexLogPruning;
  readonly collections: VectorCollections;
  readonly vectorSampler: VectorSampler;
  readonly indexRoots: IndexRoots;
  /** Degraded while terms of other rules than today's are there, and where some were damaged. */
  health(): ComponentHealth;
  /**
   * Makes the terms anew that other rules or another detector made; at once done where there are none. Goes on where it
   * was stopped. One process is to call it after each open. Rejects with `signal.reason` when aborted.
   */
  remakeTerms(call: Call): Promise<void>;
  /** Reads the whole database: seconds for gigabytes. */
  checkIntegrity(call: Call): Promise<IntegrityReport>;
  /** Idempotent. */
  close(): Promise<void>;
}

const unbounded: Call = { signal: new AbortController().signal };

function healthOf(outdated: number, damaged: number): ComponentHealth {
  const troubles = [
    ...(outdated > 0 ? [`Search terms are being made anew; ${outdated} knowledge bases are left.`] : []),
    ...(damaged > 0 ? [damagedDetail] : []),
  ];
  if (troubles.length === 0) return { name: "store", state: "ok", detail: "SQLite, write-ahead log, full sync" };
  return { name: "store", state: "degraded", detail: troubles.join(" ") };
}

const damagedDetail = [
  "The database file is damaged: search terms that could not be read were put aside, to be made anew from the passages.",
  "Other parts may be damaged unseen; restore the data folder from a backup, or take its documents into a new one.",
].join(" ");

/** Longest wait for another process that is opening and migrating the same file. */
const openingTimeoutMs = 60_000;

/**
 * Opens the database and brings it to the form that this code expects.
 * @throws {@link LarderError} `STORE_NEWER`, `STORE_DAMAGED`, `STORE_BUSY`, `STORE_FULL`, `DATA_DIR_UNUSABLE`; `DATA_DIR_IN_USE`
 * where it is held by another and would have to change
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { file, clock, ids, busyTimeoutMs = 5_000 } = options;
  const opened: SqliteConnection[] = [];
  const writer = createRowWriter(file, busyTimeoutMs);
  const longWrites = createLongWrites(() => openConnection(file, { busyTimeoutMs }), clock);
  const close = async () => {
    longWrites.close();
    await writer.close();
    for (const { client } of opened) client.close();
  };
  try {
    mkdirSync(dirname(file), { recursive: true });
    const opening = lockExclusively(`${file}.opening`, openingTimeoutMs);
    try {
      opened.push(openConnection(file, { busyTimeoutMs }));
      opened.push(openConnection(file, { busyTimeoutMs, safeIntegers: true }));
      const [connection, moneyConnection] = opened;
      if (connection === undefined || moneyConnection === undefined) throw new TypeError("Nothing was opened.");
      migrateDatabase(connection, options.isHeldByAnother === true);
      chainOldReceipts(connection);
      const terms = createTermsTable(connection.client, options.lexical);
      countUncountedTotals(connection, termsReplacements(connection, terms));
      const context = createStoreContext(connection, terms, { clock, ids }, longWrites);
      const moneyContext = createStoreContext(moneyConnection, terms, { clock, ids }, longWrites);
      const pastQuestions = createPastQuestionRows(context, writer, options.pastQuestions);
      return {
        documents: {
          ...createKnowledgeBaseRows(context, (id) => pastQuestions.forget(id)),
          ...createDocumentReader(context),
          ...createDocumentWriter(context),
          ...createJobStore(context),
          ...createTaskRows(context),
          ...createReindexStore(context),
        },
        ledger: createLedgerRows(moneyContext, writer),
        arrivals: createLedgerArrivals(context),
        callIntents: createCallIntentRows(moneyContext, writer),
        batchRequests: createBatchRows(moneyContext),
        budgets: createBudgetRows(moneyContext, options.budgets),
        idempotency: createIdempotencyKeys(context, options.idempotency),
        routing: createRoutingRows(context),
        feedback: createFeedbackRows(context),
        pastQuestions,
        lexical: createSqliteLexicalIndex(context),
        operationLog: createOperationLog(context),
        logPruning: createLogPruning(context),
        collections: createVectorCollections(context),
        vectorSampler: createVectorSampler(context),
        indexRoots: createIndexRoots(context, writer),
        health: () => healthOf(countOutdated(context, unbounded), countDamagedTerms(connection.client)),
        remakeTerms: (call) => remakeTerms(context, call),
        checkIntegrity: async (call) => checkIntegrity(() => openConnection(file, { busyTimeoutMs }), call),
        close,
        [Symbol.asyncDispose]: close,
      };
    } finally {
      opening.release();
    }
  } catch (error) {
    await close();
    throw toLarderError(error);
  }
}
