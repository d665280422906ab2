import type { ErrorCode } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

/** By the start of SQLite's extended result code: `SQLITE_BUSY_SNAPSHOT` is a kind of `SQLITE_BUSY`. */
const codeByResult: readonly (readonly [string, ErrorCode])[] = [
  ["SQLITE_BUSY", "STORE_BUSY"],
  ["SQLITE_LOCKED", "STORE_BUSY"],
  ["SQLITE_FULL", "STORE_FULL"],
  ["ENOSPC", "STORE_FULL"],
  ["EDQUOT", "STORE_FULL"],
  ["SQLITE_CORRUPT", "STORE_DAMAGED"],
  ["SQLITE_NOTADB", "STORE_DAMAGED"],
  ["SQLITE_CANTOPEN", "DATA_DIR_UNUSABLE"],
  ["SQLITE_READONLY", "DATA_DIR_UNUSABLE"],
  ["SQLITE_PERM", "DATA_DIR_UNUSABLE"],
  ["SQLITE_IOERR", "DATA_DIR_UNUSABLE"],
  ["EACCES", "DATA_DIR_UNUSABLE"],
  ["EPERM", "DATA_DIR_UNUSABLE"],
  ["EROFS", "DATA_DIR_UNUSABLE"],
  ["ENOTDIR", "DATA_DIR_UNUSABLE"],
  ["EEXIST", "DATA_DIR_UNUSABLE"],
];

/** The typed form of what SQLite, drizzle or the file system threw. The original is the cause. */
export function toLarderError(thrown: unknown): LarderError {
  if (LarderError.is(thrown)) return thrown;
  const result = resultCodeOf(thrown);
  const code = codeByResult.find(([start]) => result?.startsWith(start))?.[1] ?? "UNEXPECTED";
  return new LarderError(code, { cause: thrown });
}

/** SQLite's or the system's own code; drizzle wraps some errors, so the causes are looked through. */
export function resultCodeOf(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code;
  }
  return undefined;
}
