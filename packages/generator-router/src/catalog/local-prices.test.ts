import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entryOf, usd } from "../../test/router-fixtures.ts";
import { diffPrices } from "../prices/diff-prices.ts";
import { overridePrices, parseOverrides } from "../prices/override-prices.ts";
import { applyLocalPrices, readLocalPrices, storeCatalog, storeOverrides } from "./local-prices.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "larder-prices-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const carried = readFileSync(new URL("./catalog.json", import.meta.url), "utf8");
const override = {
  as_of: "2026-11-01",
  source: "contract",
  models: [
    {
      provider: "openai",
      id: "gpt-5.4",
      price_usd_per_mtok: { input: "2", output: "12" },
      batch: { price_usd_per_mtok: { input: "1", output: "6" } },
    },
  ],
};
const smaller = () => {
  const catalog = JSON.parse(carried) as { models: unknown[] };
  return JSON.stringify({ ...catalog, models: catalog.models.slice(0, 3) });
};

describe("prices of the data folder", () => {
  it("are the carried ones until something is imported, and again when it is removed", () => {
    expect(readLocalPrices({ dataDir })).toMatchObject({ origin: "carried", overrides: { models: [] } });
    storeCatalog(dataDir, smaller());
    expect(readLocalPrices({ dataDir }).catalog.models).toHaveLength(3);
    expect(readLocalPrices({ dataDir }).origin).toBe("imported");
    storeCatalog(dataDir, null);
    expect(readLocalPrices({ dataDir }).origin).toBe("carried");
  });

  it("give way to the file that the settings name", () => {
    const file = join(dataDir, "own.json");
    writeFileSync(file, smaller());
    storeCatalog(dataDir, carried);
    expect(readLocalPrices({ dataDir, file })).toMatchObject({ origin: file });
    expect(readLocalPrices({ dataDir, file }).catalog.models).toHaveLength(3);
  });

  it.each(["{", "{}", JSON.stringify({ about: "", sources: {}, models: [{ id: "x" }] })])(
    "refuse %j and keep what was there",
    (text) => {
      storeCatalog(dataDir, smaller());
      expect(() => storeCatalog(dataDir, text)).toThrow(expect.objectContaining({ code: "PRICES_INVALID" }));
      expect(() => storeOverrides(dataDir, text)).toThrow(expect.objectContaining({ code: "PRICES_INVALID" }));
      expect(readLocalPrices({ dataDir }).catalog.models).toHaveLength(3);
      const file = join(dataDir, "broken.json");
      writeFileSync(file, text);
      expect(() => readLocalPrices({ dataDir, file })).toThrow(expect.objectContaining({ code: "PRICES_INVALID" }));
    },
  );

  it("refuse a named file that is not there, rather than pass over it", () => {
    const missing = () => readLocalPrices({ dataDir, file: join(dataDir, "none.json") });
    expect(missing).toThrow(expect.objectContaining({ code: "PRICES_INVALID" }));
  });

  it("put a user's own prices on top, whole, with their source", () => {
    storeOverrides(dataDir, JSON.stringify(override));
    const prices = readLocalPrices({ dataDir });
    const { models, findings } = applyLocalPrices(prices.catalog.models, prices);
    const entry = models.find(({ provider, model }) => provider === "openai" && model === "gpt-5.4");
    expect(entry).toMatchObject({
      rates: { inputFresh: usd("2"), outputText: usd("12") },
      tiers: [],
      cards: { batch: { rates: { inputFresh: usd("1") } } },
      contextTokens: 1_050_000,
      sources: [{ name: "contract", asOf: "2026-11-01" }],
    });
    expect(entry?.rates).not.toHaveProperty("inputCacheRead");
    expect(entry).not.toHaveProperty("regionMultipliers");
    expect(findings.some(({ model, code }) => model === "gpt-5.4" && code === "override_unused")).toBe(false);
  });
});

describe("an override", () => {
  it("says when it prices a model that is not there", () => {
    const { models, findings } = overridePrices([entryOf("m", "1", "1")], parseOverrides(JSON.stringify(override)));
    expect(models).toEqual([entryOf("m", "1", "1")]);
    expect(findings).toMatchObject([{ provider: "openai", model: "gpt-5.4", code: "override_unused" }]);
  });

  it("may take a price away: unknown is never chosen", () => {
    const taken = { ...override, models: [{ provider: "acme", id: "m", price_usd_per_mtok: null }] };
    const { models } = overridePrices([entryOf("m", "1", "1")], parseOverrides(JSON.stringify(taken)));
    expect(models[0]?.rates).toBeNull();
  });
});

describe("a diff of prices", () => {
  it("names what was added, removed and changed, in order, and nothing for the same", () => {
    const before = [entryOf("b", "1", "2"), entryOf("c", "1", "2"), entryOf("d", "1", "2")];
    const after = [entryOf("a", "1", "2"), entryOf("b", "1.5", "2"), entryOf("d", "1", "2")];
    expect(diffPrices(before, before)).toEqual([]);
    expect(diffPrices(before, after)).toEqual([
      { provider: "acme", model: "a", kind: "added", fields: [] },
      { provider: "acme", model: "b", kind: "changed", fields: [{ name: "inputFresh", before: "1", after: "1.5" }] },
      { provider: "acme", model: "c", kind: "removed", fields: [] },
    ]);
  });
});
