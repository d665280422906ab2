import type { Call, Ledger, Receipt } from "@larder/contracts";

const pageSize = 200;

/** The newest `countMax`, newest first; fewer where there are no more. */
export async function newestReceipts(
  ledger: Pick<Ledger, "receipts">,
  countMax: number,
  call: Call,
): Promise<readonly Receipt[]> {
  const found: Receipt[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(pageSize, countMax - found.length);
    const page = await ledger.receipts({ limit, ...(cursor === undefined ? {} : { cursor }) }, call);
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < countMax);
  return found;
}
