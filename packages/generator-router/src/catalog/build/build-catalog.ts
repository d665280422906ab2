import { catalogProviders } from "./catalog-providers.ts";
import { factsFromLiteLlm } from "./lite-llm-facts.ts";
import type { NamedFacts } from "./merge-facts.ts";
import { mergeFacts } from "./merge-facts.ts";
import { factsFromModelsDev } from "./models-dev-facts.ts";
import { factsFromOpenRouter, qualityOf } from "./open-router-facts.ts";
import type { ModelRows, PriceFiles } from "./price-files.ts";
import { modelRowsOf, slugOf } from "./price-files.ts";
import { asRow, asRows } from "./source-facts.ts";

/** Smaller windows hold no evidence worth asking with. */
const contextTokensMin = 8_000;

/**
 * A catalog, as the file has it, of three parsed price files. Pure. Left out: models that are no general chat, that cost
 * nothing or have no price anywhere, whose window is under 8,000 tokens or unknown, and that retired before the newest
 * file's date.
 */
export function buildCatalog(files: PriceFiles) {
  const asOf = [files.litellm.asOf, files.openrouter.asOf, files.modelsDev.asOf].toSorted().at(-1) ?? "";
  const qualities = new Map(
    asRows(asRow(files.openrouter.content).data).map((row) => [slugOf(lastPart(String(row.id))), qualityOf(row)]),
  );
  const models = catalogProviders.flatMap((provider) =>
    modelRowsOf(provider, files).flatMap((rows) => {
      const merged = mergeFacts(provider, rows.id, factsOf(rows), qualities.get(slugOf(lastPart(rows.id))));
      if (merged === undefined || (merged.context_tokens ?? 0) < contextTokensMin) return [];
      return merged.retires_on !== undefined && merged.retires_on < asOf ? [] : [merged];
    }),
  );
  return {
    about:
      "Facts of public price lists, merged by npm run prices:build. Dollars per million tokens. quality is the " +
      "third-party intelligence index that OpenRouter's list carries, divided by 100.",
    sources: {
      litellm: { name: "LiteLLM model prices", url: "https://github.com/BerriAI/litellm", as_of: files.litellm.asOf },
      openrouter: {
        name: "OpenRouter models",
        url: "https://openrouter.ai/api/v1/models",
        as_of: files.openrouter.asOf,
      },
      models_dev: { name: "models.dev", url: "https://models.dev", as_of: files.modelsDev.asOf },
    },
    models,
  };
}
export type CatalogDocument = ReturnType<typeof buildCatalog>;

/** JSON with one model a line, so that a changed price is one changed line. */
export function printCatalog({ about, sources, models }: CatalogDocument): string {
  const lines = models.map((model) => `    ${JSON.stringify(model)}`).join(",\n");
  const head = `  "about": ${JSON.stringify(about)},\n  "sources": ${JSON.stringify(sources)},`;
  return `{\n${head}\n  "models": [\n${lines}\n  ]\n}\n`;
}

function factsOf({ litellm, openrouter, modelsDev }: ModelRows): readonly NamedFacts[] {
  return [
    ...(litellm === undefined ? [] : [{ name: "litellm", facts: factsFromLiteLlm(litellm) }]),
    ...(openrouter === undefined ? [] : [{ name: "openrouter", facts: factsFromOpenRouter(openrouter) }]),
    ...(modelsDev === undefined ? [] : [{ name: "models_dev", facts: factsFromModelsDev(modelsDev) }]),
  ];
}

const lastPart = (id: string) => id.slice(id.lastIndexOf("/") + 1);
