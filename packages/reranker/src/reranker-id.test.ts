import { expect, it } from "vitest";
import { rerankerIdOf } from "./reranker-id.ts";

const files = { "config.json": "aa", "tokenizer.json": "bb" };
const settings = { dtype: "q8", pairTokensMax: 512 } as const;

it("changes with whatever changes the scores, and not with the order of the files", () => {
  const id = rerankerIdOf("acme/ranker", files, settings);
  expect(id).toMatch(/^acme\/ranker@[0-9a-f]{12}$/);
  expect(rerankerIdOf("acme/ranker", { "tokenizer.json": "bb", "config.json": "aa" }, settings)).toBe(id);
  const others = [
    rerankerIdOf("acme/other", files, settings),
    rerankerIdOf("acme/ranker", { ...files, "config.json": "ab" }, settings),
    rerankerIdOf("acme/ranker", files, { ...settings, dtype: "fp32" }),
    rerankerIdOf("acme/ranker", files, { ...settings, pairTokensMax: 256 }),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});
