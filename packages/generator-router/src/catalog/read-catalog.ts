import { readFileSync } from "node:fs";
import type { ModelEntry, PriceFinding } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";
import { modelForm, toModelEntry } from "../providers/model-form.ts";

const sourceForm = z.strictObject({ name: z.string(), url: z.string(), as_of: z.iso.date() });
const catalogForm = z.strictObject({
  about: z.string(),
  /** By the key that models name them by. */
  sources: z.record(z.string(), sourceForm),
  models: z.array(
    modelForm.extend({
      provider: z.string(),
      sources: z.array(z.string()).min(1),
      /** Fields on which the sources differ; the value taken is what two agree on, else the dearest or smallest. */
      disagreements: z.array(z.string()),
      quality_source: z.string().optional(),
      unpriced_because: z.string().optional(),
    }),
  ),
});

export interface Catalog {
  readonly models: readonly ModelEntry[];
  /** What the sources are to each other: `sources_disagree`, `source_single`, `sources_unsound`. */
  readonly findings: readonly PriceFinding[];
}

/** The catalog carried with this package. Read from disk once for each call; nothing is fetched. */
export function readCatalog(): Catalog {
  return parseCatalog(readFileSync(new URL("./catalog.json", import.meta.url), "utf8"));
}

/**
 * Reads a catalog's text, such as one that `larder prices import` wrote.
 * @throws {@link LarderError} `PRICES_INVALID`
 */
export function parseCatalog(text: string): Catalog {
  const read = catalogForm.safeParse(parseJson(text));
  if (!read.success) throw new LarderError("PRICES_INVALID", { details: { problems: z.prettifyError(read.error) } });
  const { sources, models } = read.data;
  return {
    models: models.map(({ provider, sources: names, disagreements: _, quality_source: __, ...form }) => {
      const named = names.flatMap((name) => sources[name] ?? []);
      const from = named.map(({ name, url, as_of: asOf }) => ({ name, url, asOf }));
      return toModelEntry(form, { provider, isLocal: false, regions: [], sources: from });
    }),
    findings: models.flatMap((model) =>
      findingsOf(model).map(([code, message]) => ({ provider: model.provider, model: model.id, code, message })),
    ),
  };
}

type CatalogModel = z.infer<typeof catalogForm>["models"][number];

function findingsOf({ disagreements, sources, unpriced_because: unsound }: CatalogModel) {
  const found: (readonly [code: string, message: string])[] = [];
  if (disagreements.length > 0) found.push(["sources_disagree", `The sources differ on ${disagreements.join(", ")}.`]);
  if (sources.length === 1) found.push(["source_single", "One source only has its price: no second one confirms it."]);
  if (unsound !== undefined) found.push(["sources_unsound", unsound]);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LarderError("PRICES_INVALID", { details: { problems: "the file is not JSON" }, cause });
  }
}
