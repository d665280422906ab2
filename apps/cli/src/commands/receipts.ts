import Table from "cli-table3";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { readableUsd } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import type { PageBody } from "../wire.ts";

interface ReceiptRow {
  readonly id: string;
  readonly created_at: string;
  readonly basis: string;
  readonly route?: { readonly chosen: { readonly provider: string; readonly model: string } | null };
  readonly cost?: { readonly usd: string | null };
  readonly error_code?: string | null;
  readonly saved?: { readonly usd: string | null; readonly verdict: string } | null;
}

/** `larder receipts [id]`: the newest receipts, or one whole. */
export async function receipts(id: string | undefined, limit: number, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const { signal } = context;
  if (id !== undefined) {
    const receipt = await sendForJson<unknown>(connection, `/v1/receipts/${encodeURIComponent(id)}`, { signal });
    context.print(JSON.stringify(receipt, null, context.options.json ? 0 : 2));
    return exitCodes.ok;
  }
  const page = await sendForJson<PageBody<ReceiptRow>>(connection, "/v1/receipts", { query: { limit }, signal });
  if (context.options.json) {
    context.print(JSON.stringify(page));
    return exitCodes.ok;
  }
  const head = ["receipt", "when", "answer", "model", "cost", "saved"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { id: receiptId, created_at, basis, route, cost, saved } of page.data) {
    const chosen = route?.chosen;
    const model = chosen === null || chosen === undefined ? "none" : `${chosen.provider}/${chosen.model}`;
    const gained = saved === null || saved === undefined ? "" : `${readableUsd(saved.usd)} ${saved.verdict}`;
    table.push([receiptId, created_at, basis, model, readableUsd(cost?.usd), gained]);
  }
  context.print(table.toString());
  return exitCodes.ok;
}
