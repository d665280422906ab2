import { readFileSync } from "node:fs";
import { formatUsd, LarderError } from "@larder/contracts";
import type { Invoice } from "@larder/savings";
import { readInvoice } from "@larder/savings";
import { CsvError, parse } from "csv-parse/sync";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { exitCodes } from "../render/problem.ts";
import { renderCalibration, renderReconciliation } from "../render/reconciliation.ts";
import type { CalibrationsBody, ReconciliationBody } from "../wire-savings.ts";

export interface ReconcileGiven {
  readonly invoice: string;
  readonly provider?: string;
}

/** `larder usage reconcile`: an invoice's CSV file beside the ledger. Only its days, models and sums are sent on. */
export async function reconcileUsage(given: ReconcileGiven, context: CommandContext): Promise<number> {
  const invoice = readInvoiceFile(given.invoice);
  const provider = given.provider ?? invoice.provider;
  await using connection = await context.connect();
  const lines = invoice.lines.map(({ cost, ...line }) => ({
    ...line,
    ...(cost === undefined ? {} : { usd: formatUsd(cost) }),
  }));
  const body = await sendForJson<ReconciliationBody>(connection, "/v1/usage/reconciliation", {
    method: "POST",
    json: { lines, ...(provider === undefined ? {} : { provider }) },
    signal: context.signal,
  });
  context.print(context.options.json ? JSON.stringify(body) : renderReconciliation(body, invoice.shape));
  return exitCodes.ok;
}

/** `larder usage calibrate`: how far our token counts are from the billed ones. */
export async function calibrateUsage(
  given: { readonly window: string },
  { connect, options, print, signal }: CommandContext,
): Promise<number> {
  await using connection = await connect();
  const query = { window: given.window };
  const body = await sendForJson<CalibrationsBody>(connection, "/v1/usage/calibration", { query, signal });
  print(options.json ? JSON.stringify(body) : renderCalibration(body));
  return exitCodes.ok;
}

function readInvoiceFile(file: string): Invoice {
  let cells: string[][];
  try {
    const text = readFileSync(file, "utf8");
    cells = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, delimiter: [",", ";", "\t"] });
  } catch (cause) {
    const problems = cause instanceof CsvError ? cause.message : `${file} cannot be read`;
    throw new LarderError("INVOICE_UNREADABLE", { details: { problems }, cause });
  }
  const invoice = readInvoice(cells);
  if (invoice.lines.length > 0) return invoice;
  throw new LarderError("INVOICE_UNREADABLE", { details: { problems: `no line of ${file} is for a model's tokens` } });
}
