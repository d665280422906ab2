import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { parseCatalog } from "../read-catalog.ts";
import { buildCatalog, printCatalog } from "./build-catalog.ts";
import type { PriceFile, PriceFiles } from "./price-files.ts";

/** The prices of one file, on the date that the file has. */
export interface CatalogOnDate {
  /** ISO date. */
  readonly date: string;
  /** Who made the list: two lists differ without any price moving. */
  readonly source: string;
  readonly models: readonly ModelEntry[];
}

/**
 * Every dated catalog of a folder, each by itself, oldest first: `litellm-<date>.json`, `openrouter-<date>.json`,
 * `models-dev-<date>.json` as their sources publish them, and catalogs that `larder prices import --out` wrote, under any
 * other name, at the date of their newest source.
 * @throws {@link LarderError} `PRICES_INVALID`: a `.json` file that is none of these is not passed over
 */
export function readDatedCatalogs(folder: string): readonly CatalogOnDate[] {
  const names = filesOf(folder);
  if (names.length === 0) throw problem("the folder has no .json file");
  return names
    .map((name) => readOne(name, join(folder, name)))
    .toSorted((a, b) => (a.date === b.date ? (a.source < b.source ? -1 : 1) : a.date < b.date ? -1 : 1));
}

const listName = /^(litellm|openrouter|models-dev)-(\d{4}-\d{2}-\d{2})\.json$/;

function readOne(name: string, path: string): CatalogOnDate {
  const [, list, date] = listName.exec(name) ?? [];
  try {
    const text = readFileSync(path, "utf8");
    if (list === undefined || date === undefined) return ownCatalog(text);
    return { date, source: list, models: modelsOf(list, { asOf: date, content: JSON.parse(text) }) };
  } catch (thrown) {
    const reason = LarderError.is(thrown) ? String(thrown.details.problems ?? "") : "it cannot be read";
    throw problem(`${name}: ${reason}`, thrown);
  }
}

/** One list alone, through the same checks as when all three are merged. */
function modelsOf(list: string, file: PriceFile): readonly ModelEntry[] {
  const none = { asOf: file.asOf, content: {} };
  const files: PriceFiles = {
    litellm: list === "litellm" ? file : none,
    openrouter: list === "openrouter" ? file : none,
    modelsDev: list === "models-dev" ? file : none,
  };
  return parseCatalog(printCatalog(buildCatalog(files))).models;
}

function ownCatalog(text: string): CatalogOnDate {
  const { models } = parseCatalog(text);
  const date = models
    .flatMap(({ sources }) => sources.map(({ asOf }) => asOf))
    .toSorted()
    .at(-1);
  if (date === undefined) throw problem("it has no model with a source");
  return { date, source: "larder", models };
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (cause) {
    throw problem("the folder cannot be read", cause);
  }
}

function problem(problems: string, cause?: unknown): LarderError {
  return new LarderError("PRICES_INVALID", { details: { problems }, ...(cause !== undefined && { cause }) });
}
