import { expect, it } from "vitest";
import { embedderIdOf } from "./embedder-id.ts";
import { carriedModel, defaultEmbeddingModel } from "./embedding-models.ts";

const files = { "config.json": "aa", "tokenizer.json": "bb" };

it("names the model, twelve digits of its content and the dimensions", () => {
  expect(embedderIdOf(carriedModel, files, defaultEmbeddingModel, 256)).toMatch(/^larder-embed-v1@[0-9a-f]{12}\/256$/);
});

it("does not depend on the order in which files are listed", () => {
  const reversed = { "tokenizer.json": "bb", "config.json": "aa" };
  expect(embedderIdOf("m", reversed, defaultEmbeddingModel, 4)).toBe(
    embedderIdOf("m", files, defaultEmbeddingModel, 4),
  );
});

it("changes with whatever changes the vectors", () => {
  const ids = [
    embedderIdOf("m", files, defaultEmbeddingModel, 4),
    embedderIdOf("n", files, defaultEmbeddingModel, 4),
    embedderIdOf("m", { ...files, "config.json": "ab" }, defaultEmbeddingModel, 4),
    embedderIdOf("m", files, defaultEmbeddingModel, 5),
    ...(
      [
        { pooling: "first_token" },
        { queryPrefix: "query: " },
        { passagePrefix: "query: " },
        { textTokensMax: 128 },
        { dtype: "fp32" },
      ] as const
    ).map((change) => embedderIdOf("m", files, { ...defaultEmbeddingModel, ...change }, 4)),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
