import type { Receipt, ReceiptId, Usage } from "@larder/contracts";
import { LarderError, noTokens } from "@larder/contracts";
import { parseExactJson } from "./exact-json.ts";

/** @throws {@link LarderError} `RECEIPT_DAMAGED`, which names the row, for a text that is no receipt any more */
export function readStoredReceipt(row: {
  readonly number: number | bigint;
  readonly id: ReceiptId;
  readonly receipt: string;
}): Receipt {
  try {
    return withAllBuckets(parseExactJson(row.receipt) as Receipt); // only Larder writes it
  } catch (cause) {
    const problems = `receipt ${row.number} (${row.id}): cannot be read`;
    throw new LarderError("RECEIPT_DAMAGED", { details: { problems, receipt_id: row.id }, cause });
  }
}

/** Receipts from before a bucket was told apart do not name it; none of its tokens were billed then. */
function withAllBuckets(receipt: Receipt): Receipt {
  const fill = (usage: Usage): Usage => ({ ...usage, tokens: { ...noTokens, ...usage.tokens } });
  const { route, usage, modelled } = receipt;
  const attempts = route.attempts.map((each) =>
    each.usage === undefined ? each : { ...each, usage: fill(each.usage) },
  );
  return {
    ...receipt,
    route: { ...route, attempts },
    ...(usage && { usage: fill(usage) }),
    ...(modelled && { modelled: { ...modelled, tokens: { ...noTokens, ...modelled.tokens } } }),
  };
}
