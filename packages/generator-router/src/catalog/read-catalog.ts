import { readFileSync } from "node:fs";
import type { ModelEntry, PriceFinding } from "@larder/contracts";
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
    }),
  ),
});

export interface Catalog {
  readonly models: readonly ModelEntry[];
  /** One for each model whose sources differ. */
  readonly findings: readonly PriceFinding[];
}

/** The catalog carried with this package. Read from disk once for each call; nothing is fetched. */
export function readCatalog(): Catalog {
  const text = readFileSync(new URL("./catalog.json", import.meta.url), "utf8");
  return toCatalog(JSON.parse(text));
}

function toCatalog(value: unknown): Catalog {
  const { sources, models } = catalogForm.parse(value);
  return {
    models: models.map(({ provider, sources: names, disagreements: _, quality_source: __, ...form }) => {
      const named = names.flatMap((name) => sources[name] ?? []);
      const from = named.map(({ name, url, as_of: asOf }) => ({ name, url, asOf }));
      return toModelEntry(form, { provider, isLocal: false, regions: [], sources: from });
    }),
    findings: models
      .filter(({ disagreements }) => disagreements.length > 0)
      .map(({ provider, id, disagreements }) => {
        const message = `The sources differ on ${disagreements.join(", ")}.`;
        return { provider, model: id, code: "sources_disagree", message };
      }),
  };
}
