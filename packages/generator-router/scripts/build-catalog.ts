/**
 * Writes src/catalog/catalog.json from a folder of price files (LiteLLM, OpenRouter, models.dev), offline.
 * Run: `npx tsx --conditions=@larder/source packages/generator-router/scripts/build-catalog.ts <folder>`
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chosenModels } from "./catalog/chosen-models.ts";
import { mergeFacts } from "./catalog/merge-facts.ts";
import { factsFromLiteLlm, factsFromModelsDev, factsFromOpenRouter } from "./catalog/source-facts.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: build-catalog.ts <folder of price files>");

/** Newest file of a source: names end in their ISO date. */
function readSource(prefix: string): { readonly asOf: string; readonly content: unknown } {
  const names = readdirSync(folder ?? ".").filter((name) => name.startsWith(prefix) && name.endsWith(".json"));
  const name = names.toSorted().at(-1);
  if (name === undefined) throw new Error(`no file ${prefix}*.json in the folder`);
  const asOf = /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? "";
  return { asOf, content: JSON.parse(readFileSync(join(folder ?? ".", name), "utf8")) };
}

const liteLlm = readSource("litellm-");
const openRouter = readSource("openrouter-");
const modelsDev = readSource("models-dev-");

const models = chosenModels.map((chosen) =>
  mergeFacts(chosen, {
    litellm: factsFromLiteLlm(liteLlm.content, chosen),
    openrouter: factsFromOpenRouter(openRouter.content, chosen),
    models_dev: factsFromModelsDev(modelsDev.content, chosen),
  }),
);
const catalog = {
  about:
    "Facts of public price lists, merged by scripts/build-catalog.ts. Dollars per million tokens. quality is the " +
    "third-party intelligence index that OpenRouter's list carries, divided by 100.",
  sources: {
    litellm: { name: "LiteLLM model prices", url: "https://github.com/BerriAI/litellm", as_of: liteLlm.asOf },
    openrouter: { name: "OpenRouter models", url: "https://openrouter.ai/api/v1/models", as_of: openRouter.asOf },
    models_dev: { name: "models.dev", url: "https://models.dev", as_of: modelsDev.asOf },
  },
  models,
};
writeFileSync(new URL("../src/catalog/catalog.json", import.meta.url), `${JSON.stringify(catalog, null, 2)}\n`);
const differing = models.filter(({ disagreements }) => disagreements.length > 0).length;
console.log(`${models.length} models, ${differing} with sources that differ`);
