import { openPriceRecords, toPriceWatchBody } from "@larder/api";
import type { Catalog } from "@larder/generator-router";
import { parseCatalog, replayDecision } from "@larder/generator-router";
import type { PriceWatch } from "@larder/savings";
import { watchPrices } from "@larder/savings";
import type { CommandContext } from "../command-context.ts";
import { renderPriceWatch } from "../render/price-watch.ts";
import { exitCodes } from "../render/problem.ts";
import { readPriceText } from "./read-price-text.ts";

/** Receipts that are worked out anew after an import. */
export const watchedDefault = 200;

/** `larder prices watch [file]`: what a catalog's prices, or those in force, would do to the last answers. */
export async function watchPriceFile(
  file: string | undefined,
  { last }: { readonly last: number },
  context: CommandContext,
): Promise<number> {
  const catalog = file === undefined ? undefined : parseCatalog(readPriceText(file));
  const watch = await watchCatalog(catalog, last, context);
  context.print(context.options.json ? JSON.stringify(toPriceWatchBody(watch)) : renderPriceWatch(watch));
  return exitCodes.ok;
}

/** With a catalog: from the prices in force to its own. Without: from what each receipt recorded to the prices in force. */
export async function watchCatalog(
  catalog: Catalog | undefined,
  last: number,
  { signal }: Pick<CommandContext, "signal">,
): Promise<PriceWatch> {
  const records = openPriceRecords(process.env);
  const [receipts, inForce] = await Promise.all([records.receipts(last, { signal }), records.priceBook()]);
  const after = catalog === undefined ? inForce : await records.priceBook(catalog);
  const today = new Date().toISOString().slice(0, 10);
  return watchPrices({
    ...{ receipts, after, today },
    ...(catalog !== undefined && { before: inForce }),
    replay: replayDecision,
  });
}
