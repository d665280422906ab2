import type { Attempt, ContentClass, Receipt } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { calibrateCounts } from "./calibrate-counts.ts";

function prompt(counted: number, billed: number, contentClass?: ContentClass, change: Partial<Attempt> = {}): Receipt {
  const shape = { inputTokens: counted, stablePrefixTokens: 0, outputTokensMax: 1, outputTokensExpected: 1, needs: [] };
  const attempt: Attempt = {
    ...{ provider: "p", model: "m", outcome: "answered", billed: "yes", startedAtMs: 0, totalMs: 1 },
    usage: { tokens: { ...noTokens, inputFresh: billed }, source: "provider" },
    ...change,
  };
  const inputs = { nowMs: 0, shape, policy: {}, isOffline: false, configured: [], cacheless: [], models: [] };
  const route = { reason: "", candidates: [], attempts: [attempt], priceBookId: "b", inputs };
  return receiptOf({ route, ...(contentClass && { contentClass }) });
}
async function* each(receipts: readonly Receipt[]) {
  yield* receipts;
}

it("is the ratio of sums, with an interval that holds it and what is left of the error", async () => {
  const receipts = Array.from({ length: 40 }, (_, i) => prompt(100 * (i + 1), 130 * (i + 1)));
  const [all] = await calibrateCounts(each(receipts));
  expect(all).toMatchObject({ model: "p/m", contentClass: "all", prompts: 40, countedTokens: 82_000 });
  expect(all?.alpha).toEqual({ mean: 1.3, low: 1.3, high: 1.3 });
  expect(all?.meanAbsoluteError).toBeCloseTo(0, 12);
  expect(all?.uncalibratedError).toBeCloseTo(0.3 / 1.3, 12);
  const [uneven] = await calibrateCounts(each([prompt(1_000, 1_000), prompt(10, 20)]));
  expect(uneven?.alpha.mean).toBeCloseTo(1_020 / 1_010, 12); // no mean of 1 and 2
  expect(uneven?.alpha.low).toBe(1);
  expect(uneven?.alpha.high).toBe(2);
});

it("tells kinds of evidence apart, and models", async () => {
  const receipts = [prompt(100, 110, "prose"), prompt(100, 150, "code"), prompt(100, 90, "code", { model: "n" })];
  const found = await calibrateCounts(each(receipts));
  expect(found.map(({ model, contentClass, alpha }) => [model, contentClass, alpha.mean])).toEqual([
    ["p/m", "all", 1.3],
    ["p/m", "code", 1.5],
    ["p/m", "prose", 1.1],
    ["p/n", "all", 0.9],
    ["p/n", "code", 0.9],
  ]);
});

it("learns nothing from our own estimates, from calls that failed, or from nothing", async () => {
  const estimated = { usage: { tokens: { ...noTokens, inputFresh: 9 }, source: "estimated" as const } };
  const receipts = [prompt(10, 9, "prose", estimated), prompt(10, 9, "prose", { outcome: "aborted" }), receiptOf()];
  expect(await calibrateCounts(each(receipts))).toEqual([]);
});
