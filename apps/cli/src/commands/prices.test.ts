import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandContext } from "../command-context.ts";
import { diffPriceFiles, importPrices, lintPriceFile, overridePriceFile, showPrices } from "./prices.ts";

let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-cli-prices-"));
  before = process.env.LARDER_DATA_DIR;
  process.env.LARDER_DATA_DIR = join(folder, "data");
});
afterEach(() => {
  if (before === undefined) delete process.env.LARDER_DATA_DIR;
  else process.env.LARDER_DATA_DIR = before;
  rmSync(folder, { recursive: true, force: true });
});

function context(json = false) {
  const printed: string[] = [];
  const given: CommandContext = {
    signal: new AbortController().signal,
    options: { json },
    isTerminal: false,
    print: (text) => void printed.push(text),
    connect: () => expect.unreachable(), // prices need no server
  };
  return { given, text: () => stripVTControlCharacters(printed.join("\n")) };
}

function writeSources(input: number): string {
  const row = {
    litellm_provider: "openai",
    mode: "chat",
    max_input_tokens: 128_000,
    input_cost_per_token: input,
    output_cost_per_token: 4e-6,
  };
  writeFileSync(join(folder, "litellm-2026-09-01.json"), JSON.stringify({ "m-new": row }));
  writeFileSync(join(folder, "openrouter-2026-09-01.json"), JSON.stringify({ data: [] }));
  writeFileSync(join(folder, "models-dev-2026-09-01.json"), JSON.stringify({}));
  return folder;
}

describe("larder prices", () => {
  it("shows one model with its sources, and says when there is none of that name", async () => {
    const { given, text } = context();
    await showPrices("openai/gpt-5.4", {}, given);
    expect(text()).toContain("batch inputFresh");
    expect(text()).toContain("source models.dev, 2026-07-02");
    expect(text()).toContain("models of a providers file (LARDER_PROVIDERS_FILE) are not in it");
    const problem = { code: "MODEL_NOT_FOUND", hint: expect.stringContaining("larder quote") };
    await expect(showPrices("nobody/none", {}, given)).rejects.toMatchObject({ problem });
  });

  it("lists one provider's, as JSON too", async () => {
    const { given, text } = context(true);
    await showPrices(undefined, { provider: "groq" }, given);
    const { models, id } = JSON.parse(text()) as { models: { provider: string }[]; id: string };
    expect(new Set(models.map(({ provider }) => provider))).toEqual(new Set(["groq"]));
    expect(id).toMatch(/^prices-/);
  });

  it("lints by kind", async () => {
    const { given, text } = context();
    await lintPriceFile(undefined, given);
    expect(text()).toMatch(/sources_unsound.* \(\d+\)/);
  });

  it("imports what a folder holds, only looks with --dry-run, and goes back", async () => {
    const sources = writeSources(1e-6);
    const looked = context();
    await importPrices(sources, { dryRun: true, remove: false }, looked.given);
    expect(looked.text()).toContain("added openai/m-new");
    expect(looked.text()).toContain("removed openai/gpt-5.4");
    const { given, text } = context();
    await diffPriceFiles(undefined, given);
    expect(text()).toBe("no price differs");

    await importPrices(sources, { dryRun: false, remove: false }, context().given);
    const after = context();
    await showPrices(undefined, {}, after.given);
    expect(after.text()).toContain("openai/m-new");
    expect(after.text()).toContain("as of 2026-09-01");
    await importPrices(undefined, { dryRun: false, remove: true }, context().given);
    const back = context();
    await diffPriceFiles(undefined, back.given);
    expect(back.text()).toBe("no price differs");
  });

  it("says as JSON what changes and what the last answers would cost", async () => {
    const { given, text } = context(true);
    await importPrices(writeSources(1e-6), { dryRun: true, remove: false }, given);
    const told = JSON.parse(text()) as { changes: object[]; watch: object };
    expect(told.changes).toContainEqual(expect.objectContaining({ model: "m-new", kind: "added" }));
    expect(told.watch).toMatchObject({ receipts: 0, repriced: { change_usd: "0.000000000" }, reroutes: [] });
  });

  it("writes a catalog elsewhere with --out, which diff then compares", async () => {
    const out = join(folder, "own.json");
    await importPrices(writeSources(1e-6), { out, dryRun: false, remove: false }, context().given);
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ models: [{ id: "m-new" }] });
    const { given, text } = context(true);
    await diffPriceFiles(out, given);
    expect((JSON.parse(text()) as { changes: object[] }).changes).toContainEqual(
      expect.objectContaining({ model: "m-new", kind: "added" }),
    );
  });

  it("refuses a folder without the files, and a file that is no override", async () => {
    const none = importPrices(join(folder, "nowhere"), { dryRun: false, remove: false }, context().given);
    await expect(none).rejects.toMatchObject({ code: "PRICES_INVALID" });
    const file = join(folder, "bad.json");
    writeFileSync(file, "{}");
    const bad = overridePriceFile(file, { remove: false }, context().given);
    await expect(bad).rejects.toMatchObject({ code: "PRICES_INVALID" });
  });

  it("puts an override on top and takes it away", async () => {
    const file = join(folder, "own.json");
    const prices = { provider: "openai", id: "gpt-5.4", price_usd_per_mtok: { input: "2", output: "12" } };
    writeFileSync(file, JSON.stringify({ as_of: "2026-11-01", models: [prices] }));
    const put = context();
    await overridePriceFile(file, { remove: false }, put.given);
    expect(put.text()).toContain("1 model overridden");
    const changed = context();
    await diffPriceFiles(undefined, changed.given);
    expect(changed.text()).toContain("inputFresh: 2.5 -> 2");
    const taken = context();
    await overridePriceFile(undefined, { remove: true }, taken.given);
    expect(taken.text()).toBe("no price is overridden");
  });
});
