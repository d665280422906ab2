import { expect, it } from "vitest";
import type { ListedModel } from "./model-lock.ts";
import { compareLocks, readModelLock, toModelLock } from "./model-lock.ts";

const model = (id: string, more: Partial<ListedModel> = {}): ListedModel => ({
  id,
  configured: true,
  price_usd_per_mtok: { input: "0.1", output: "0.4" },
  tiers: [],
  context_tokens: 8_192,
  max_output_tokens: null,
  quantization: null,
  capabilities: ["tools", "json_schema"],
  regions: [],
  retires_on: null,
  ...more,
});
const lockOf = (...models: readonly ListedModel[]) => toModelLock(models, "book", "2026-11-26T00:00:00.000Z");

it("holds the models that could be asked, names ascending, and is read as it was written", () => {
  const lock = lockOf(model("p/b-2026-08-01"), model("p/a"), model("p/c", { configured: false }));
  expect(Object.entries(lock.models).map(([id, { snapshot }]) => [id, snapshot])).toEqual([
    ["p/a", false],
    ["p/b-2026-08-01", true],
  ]);
  expect(readModelLock(JSON.stringify(lock))).toEqual(lock);
  expect(readModelLock("{}")).toBeUndefined();
});

it("says what changed, and nothing for another order or another price book", () => {
  const before = lockOf(model("p/a"), model("p/gone"));
  const now = toModelLock(
    [
      model("p/new"),
      model("p/a", {
        capabilities: ["json_schema", "tools"],
        price_usd_per_mtok: { output: "0.4", input: "0.2" },
        context_tokens: 4_096,
      }),
    ],
    "another",
    "later",
  );
  expect(compareLocks(before, before)).toEqual([]);
  expect(compareLocks(before, now)).toEqual([
    {
      model: "p/a",
      what: "price_usd_per_mtok",
      before: { input: "0.1", output: "0.4" },
      now: { output: "0.4", input: "0.2" },
    },
    { model: "p/a", what: "context_tokens", before: 8_192, now: 4_096 },
    { model: "p/gone", what: "removed" },
    { model: "p/new", what: "added" },
  ]);
});
