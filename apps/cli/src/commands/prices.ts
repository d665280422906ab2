import { writeFileSync } from "node:fs";
import { readPricePlaces, toPriceWatchBody } from "@larder/api";
import type { ModelEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Catalog } from "@larder/generator-router";
import {
  applyLocalPrices,
  buildCatalog,
  createPriceBook,
  diffPrices,
  parseCatalog,
  parseOverrides,
  printCatalog,
  readCatalog,
  readLocalPrices,
  readPriceFolder,
  storeCatalog,
  storeOverrides,
} from "@larder/generator-router";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { ProblemReply } from "../connection.ts";
import { toMoneyJson } from "../render/money-json.ts";
import { renderPriceWatch } from "../render/price-watch.ts";
import { renderChanges, renderEntry, renderFindings, renderPriceTable } from "../render/prices.ts";
import { exitCodes } from "../render/problem.ts";
import { counted } from "../render/words.ts";
import { readPriceText } from "./read-price-text.ts";
import { watchCatalog, watchedDefault } from "./watch-prices.ts";

export interface ShowGiven {
  readonly provider?: string;
}

/** No server is asked, and no providers file is read. */
const catalogOnly =
  "the catalog with your overrides; models of a providers file (LARDER_PROVIDERS_FILE) are not in it, and give receipts another price book id";

/** `larder prices show`: the prices in force, or one model's with everything known of it. */
export async function showPrices(
  model: string | undefined,
  given: ShowGiven,
  context: CommandContext,
): Promise<number> {
  const book = bookInForce();
  const models = book.models().filter(({ provider }) => given.provider === undefined || provider === given.provider);
  const named = models.filter((entry) => entry.model === model || `${entry.provider}/${entry.model}` === model);
  const shown = model === undefined ? models : named;
  if (model !== undefined && shown.length === 0) {
    throw new ProblemReply({
      code: "MODEL_NOT_FOUND",
      title: "There is no such model in the catalog with its overrides.",
      status: 404,
      detail: `${model}; ${catalogOnly}`,
      hint: "See what every model costs that can be asked, those too: larder quote, or GET /v1/models.",
    });
  }
  if (context.options.json) context.print(toMoneyJson({ id: book.id, as_of: book.asOf, models: shown }));
  else if (model === undefined)
    context.print(`${renderPriceTable(shown)}\n${pc.dim(`${headOf(book, shown.length)}\n${catalogOnly}`)}`);
  else {
    for (const entry of shown) context.print(renderEntry(entry, book.findings()));
    context.print(pc.dim(catalogOnly));
  }
  return exitCodes.ok;
}

/** `larder prices lint`: findings by kind. Exits 0 whatever it finds: a finding is a warning and changes no price. */
export async function lintPriceFile(file: string | undefined, context: CommandContext): Promise<number> {
  const book = file === undefined ? bookInForce() : bookOf(parseCatalog(readPriceText(file)));
  const findings = book.findings();
  if (context.options.json) context.print(toMoneyJson({ id: book.id, as_of: book.asOf, findings }));
  else context.print(`${renderFindings(findings)}\n${pc.dim(headOf(book, book.models().length))}`);
  return exitCodes.ok;
}

/** `larder prices diff`: what changes from the prices in force to a file's, or from the carried ones to those in force. */
export async function diffPriceFiles(file: string | undefined, context: CommandContext): Promise<number> {
  const inForce = bookInForce().models();
  const carried = readCatalog().models;
  const [before, after] = file === undefined ? [carried, inForce] : [inForce, parseCatalog(readPriceText(file)).models];
  printChanges(before, after, context);
  return exitCodes.ok;
}

export interface ImportGiven {
  readonly out?: string;
  readonly dryRun: boolean;
  readonly remove: boolean;
}

/** `larder prices import`: a catalog of the folder's files, with its id and what it changes. */
export async function importPrices(
  folder: string | undefined,
  { out, dryRun, remove }: ImportGiven,
  context: CommandContext,
): Promise<number> {
  const { dataDir } = readPricePlaces(process.env);
  if (remove) {
    storeCatalog(dataDir, null);
    context.print(`${pc.green("ok")} the carried catalog holds from the next start on`);
    return exitCodes.ok;
  }
  if (folder === undefined) throw new LarderError("PRICES_INVALID", { details: { problems: "name a folder" } });
  const text = printCatalog(buildCatalog(readPriceFolder(folder)));
  const catalog = parseCatalog(text);
  const book = bookOf(catalog);
  const changes = diffPrices(bookInForce().models(), book.models());
  const watch = await watchCatalog(catalog, watchedDefault, context);
  context.print(
    context.options.json
      ? toMoneyJson({ changes, watch: toPriceWatchBody(watch) })
      : `${renderChanges(changes)}\n${renderPriceWatch(watch)}`,
  );
  if (dryRun) return exitCodes.ok;
  if (out === undefined) storeCatalog(dataDir, text);
  else writeFileSync(out, text);
  if (!context.options.json) context.print(`${pc.green("ok")} ${headOf(book, book.models().length)}`);
  return exitCodes.ok;
}

/** `larder prices override`: checks a file of own prices and keeps it in the data folder. */
export async function overridePriceFile(
  file: string | undefined,
  { remove }: { readonly remove: boolean },
  context: CommandContext,
): Promise<number> {
  const places = readPricePlaces(process.env);
  if (remove) storeOverrides(places.dataDir, null);
  if (file !== undefined) {
    const text = readPriceText(file);
    parseOverrides(text);
    storeOverrides(places.dataDir, text);
  }
  const { overrides } = readLocalPrices(places);
  if (context.options.json) context.print(toMoneyJson({ models: overrides.models }));
  else if (overrides.models.length === 0) context.print("no price is overridden");
  else {
    const count = counted(overrides.models.length, "model");
    context.print(`${renderPriceTable(overrides.models)}\n${pc.dim(`${count} overridden, from the next start on`)}`);
  }
  return exitCodes.ok;
}

function bookInForce() {
  const prices = readLocalPrices(readPricePlaces(process.env));
  const { models, findings } = applyLocalPrices(prices.catalog.models, prices);
  return createPriceBook(models, { today: today(), findings });
}

const bookOf = ({ models, findings }: Catalog) => createPriceBook(models, { today: today(), findings });
const today = () => new Date().toISOString().slice(0, 10);
const headOf = ({ id, asOf }: { readonly id: string; readonly asOf: string }, count: number) =>
  `${counted(count, "model")}, ${id}, as of ${asOf}`;

function printChanges(before: readonly ModelEntry[], after: readonly ModelEntry[], context: CommandContext): void {
  const changes = diffPrices(before, after);
  context.print(context.options.json ? toMoneyJson({ changes }) : renderChanges(changes));
}
