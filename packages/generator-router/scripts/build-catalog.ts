/**
 * Writes src/catalog/catalog.json from a folder of price files (LiteLLM, OpenRouter, models.dev), offline.
 * Run: `npm run prices:build -- <folder>`
 */
import { writeFileSync } from "node:fs";
import { buildCatalog, printCatalog } from "../src/catalog/build/build-catalog.ts";
import { readPriceFolder } from "../src/catalog/build/read-price-folder.ts";
import { parseCatalog } from "../src/catalog/read-catalog.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: npm run prices:build -- <folder of price files>");

const text = printCatalog(buildCatalog(readPriceFolder(folder)));
const { models, findings } = parseCatalog(text);
writeFileSync(new URL("../src/catalog/catalog.json", import.meta.url), text);
const priced = models.filter(({ rates }) => rates !== null).length;
const differing = findings.filter(({ code }) => code === "sources_disagree").length;
console.log(`${models.length} models, ${priced} priced, ${differing} with sources that differ`);
