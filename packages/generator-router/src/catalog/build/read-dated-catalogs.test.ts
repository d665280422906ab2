import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildCatalog, printCatalog } from "./build-catalog.ts";
import { readDatedCatalogs } from "./read-dated-catalogs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-dated-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const liteLlm = (input: number) => ({
  "m-new": {
    litellm_provider: "openai",
    mode: "chat",
    max_input_tokens: 128_000,
    input_cost_per_token: input,
    output_cost_per_token: 4 * input,
  },
});
const modelsDev = (input: number) => ({
  openai: {
    models: { "m-new": { cost: { input, output: 4 * input }, limit: { context: 128_000, output: 8_000 } } },
  },
});
const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));

it("reads every list of a folder by itself, oldest first", () => {
  write("litellm-2026-09-01.json", liteLlm(1e-6));
  write("litellm-2026-11-01.json", liteLlm(2e-6));
  write("models-dev-2026-10-01.json", modelsDev(1.5));
  const found = readDatedCatalogs(folder).map(({ date, source, models }) => [
    date,
    source,
    models[0]?.rates?.inputFresh,
  ]);
  expect(found).toEqual([
    ["2026-09-01", "litellm", 1_000_000_000n],
    ["2026-10-01", "models-dev", 1_500_000_000n],
    ["2026-11-01", "litellm", 2_000_000_000n],
  ]);
});

it("takes our own catalogs at the date of their newest source", () => {
  const none = (asOf: string) => ({ asOf, content: {} });
  const files = {
    litellm: { asOf: "2026-08-01", content: liteLlm(1e-6) },
    openrouter: none("2026-08-01"),
    modelsDev: none("2026-08-01"),
  };
  writeFileSync(join(folder, "august.json"), printCatalog(buildCatalog(files)));
  expect(readDatedCatalogs(folder)).toMatchObject([
    { date: "2026-08-01", source: "larder", models: [{ model: "m-new" }] },
  ]);
});

it("refuses a folder with nothing in it, and a file that is no catalog, by its name", () => {
  const refused = (problems: RegExp) =>
    expect(() => readDatedCatalogs(folder)).toThrow(
      expect.objectContaining({ code: "PRICES_INVALID", details: { problems: expect.stringMatching(problems) } }),
    );
  refused(/no \.json/);
  write("other.json", { a: 1 });
  refused(/^other\.json: /);
  expect(() => readDatedCatalogs(join(folder, "nowhere"))).toThrow(expect.objectContaining({ code: "PRICES_INVALID" }));
});
