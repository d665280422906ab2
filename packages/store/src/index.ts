export type { BlobFilesOptions } from "./blob-files.ts";
export { openBlobFiles } from "./blob-files.ts";
export type { DataFolderLock } from "./data-folder-lock.ts";
export { lockDataFolder } from "./data-folder-lock.ts";
export type { IdempotencyOptions } from "./idempotency-keys.ts";
export type { IntegrityReport } from "./integrity.ts";
export type { ColumnWeights, LexicalOptions } from "./lexical/terms-table.ts";
export type { SqliteStore, SqliteStoreOptions } from "./open-sqlite-store.ts";
export { openSqliteStore } from "./open-sqlite-store.ts";
