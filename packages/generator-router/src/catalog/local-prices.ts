import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelEntry, PriceFinding } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { PriceOverrides } from "../prices/override-prices.ts";
import { overridePrices, parseOverrides } from "../prices/override-prices.ts";
import type { Catalog } from "./read-catalog.ts";
import { parseCatalog, readCatalog } from "./read-catalog.ts";

/** Where prices besides the carried catalog are looked for. */
export interface PricePlaces {
  /** `prices/catalog.json` and `prices/override.json` in it are read when they are there. */
  readonly dataDir: string;
  /** A catalog file that stands in the place of both the carried and the imported one. */
  readonly file?: string;
}

export interface LocalPrices {
  readonly catalog: Catalog;
  readonly overrides: PriceOverrides;
  /** `carried`, `imported`, or the path that the settings name. */
  readonly origin: string;
}

/**
 * The catalog in force and the user's overrides, read from disk; nothing is fetched.
 * @throws {@link LarderError} `PRICES_INVALID`: a file that is named or there, and cannot be used, is never passed over
 */
export function readLocalPrices({ dataDir, file }: PricePlaces): LocalPrices {
  const imported = catalogPath(dataDir);
  const override = overridePath(dataDir);
  const overrides = existsSync(override) ? parseOverrides(readText(override)) : { models: [] };
  if (file !== undefined) return { catalog: parseCatalog(readText(file)), overrides, origin: file };
  if (existsSync(imported)) return { catalog: parseCatalog(readText(imported)), overrides, origin: "imported" };
  return { catalog: readCatalog(), overrides, origin: "carried" };
}

/** Entries with the overrides in place, and what was found on the way. */
export function applyLocalPrices(
  entries: readonly ModelEntry[],
  { catalog, overrides }: Pick<LocalPrices, "catalog" | "overrides">,
): { readonly models: readonly ModelEntry[]; readonly findings: readonly PriceFinding[] } {
  const { models, findings } = overridePrices(entries, overrides);
  const overridden = new Set(overrides.models.map(({ provider, model }) => `${provider}/${model}`));
  const rest = catalog.findings.filter(({ provider, model }) => !overridden.has(`${provider}/${model}`));
  return { models, findings: [...rest, ...findings] };
}

/** Puts a catalog's text in the data folder, whole or not at all. `null` takes it away again. */
export function storeCatalog(dataDir: string, text: string | null): string {
  if (text !== null) parseCatalog(text);
  return store(catalogPath(dataDir), text);
}

/** The same for a user's own prices. */
export function storeOverrides(dataDir: string, text: string | null): string {
  if (text !== null) parseOverrides(text);
  return store(overridePath(dataDir), text);
}

const catalogPath = (dataDir: string) => join(dataDir, "prices", "catalog.json");
const overridePath = (dataDir: string) => join(dataDir, "prices", "override.json");

function store(path: string, text: string | null): string {
  if (text === null) {
    rmSync(path, { force: true });
    return path;
  }
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new LarderError("PRICES_INVALID", { details: { problems: "the file cannot be read" }, cause });
  }
}
