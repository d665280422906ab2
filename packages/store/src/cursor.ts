import { LarderError } from "@larder/contracts";

/** Largest page, as the port says. */
const limitMax = 200;

/** A place in an ordered list as opaque text: the sort keys of the last row that was given. */
export function printCursor(keys: readonly number[]): string {
  return Buffer.from(keys.join("."), "latin1").toString("base64url");
}

/** @throws {@link LarderError} `REQUEST_INVALID` unless it is a text that {@link printCursor} gives for `count` keys */
export function readCursor(cursor: string, count: number): readonly number[] {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const keys = text.split(".").map(Number);
  const isRead = /^\d{1,16}(\.\d{1,16})*$/.test(text) && keys.length === count && keys.every(Number.isSafeInteger);
  if (!isRead || printCursor(keys) !== cursor) {
    throw new LarderError("REQUEST_INVALID", { details: { problems: "cursor: not one that this list gave" } });
  }
  return keys;
}

/** @throws {@link LarderError} `REQUEST_INVALID` */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= limitMax) return limit;
  throw new LarderError("REQUEST_INVALID", { details: { problems: `limit: not an integer in 1 to ${limitMax}` } });
}

/**
 * The page of rows that were read with a limit of one more than `limit`: that extra row says whether there are others
 * and is not given out.
 */
export function toPage<Row, T>(
  rows: readonly Row[],
  limit: number,
  keysOf: (row: Row) => readonly number[],
  toItem: (row: Row) => T,
): { readonly data: readonly T[]; readonly nextCursor?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const data = shown.map(toItem);
  return rows.length > limit && last !== undefined ? { data, nextCursor: printCursor(keysOf(last)) } : { data };
}
