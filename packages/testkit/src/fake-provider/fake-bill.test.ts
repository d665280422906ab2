import { expect, it } from "vitest";
import { billOf, nanoUsdCeiling } from "./fake-bill.ts";

const prices = { input: "2", output: "8.5", inputCacheRead: "0.0028" };

it.each([
  { usage: { promptTokens: 0, completionTokens: 0 }, nano: 0n },
  { usage: { promptTokens: 1_000, completionTokens: 100 }, nano: 2_850_000n },
  { usage: { promptTokens: 1, completionTokens: 0, cachedTokens: 1 }, nano: 3n }, // 2.8
  {
    usage: {
      promptTokens: 1_000,
      completionTokens: 100,
      cachedTokens: 500,
      cacheWriteTokens: 100,
      reasoningTokens: 40,
    },
    nano: 1_851_400n,
  },
])("bills $usage as $nano nano-dollars", ({ usage, nano }) => {
  expect(nanoUsdCeiling(billOf(usage, prices))).toBe(nano);
});
