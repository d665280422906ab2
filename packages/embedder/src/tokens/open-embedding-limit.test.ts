import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxEmbedder } from "../onnx-embedder.ts";
import { openOnnxEmbedder } from "../onnx-embedder.ts";
import { openEmbeddingLimit } from "./open-embedding-limit.ts";

const call = { signal: new AbortController().signal };
let embedder: OnnxEmbedder;
beforeAll(async () => {
  embedder = await openOnnxEmbedder();
});
afterAll(() => embedder.close());

/** Whatever a tokenizer may treat apart: other scripts, marks, final sigma, its own special tokens, what it skips. */
const unit = fc.oneof(
  fc.constantFrom(" ", "\n", "\t", "\u00A0", "\u3000", "\u200B", "\uFEFF", "\u0085", "\uFFFD"),
  fc.constantFrom("[CLS]", "[SEP]", "[UNK]", "[", "]", ".", "’", "ΑΣ", "Σ", ".Σ", "İ", "ß", "e\u0301", " \u0301", "ﷺ"),
  fc.constantFrom(
    "中",
    "文字",
    "かな",
    "한국",
    "русский",
    "العربية",
    "हिन्दी",
    "ไทย",
    "\u{1F469}\u200D\u{1F469}",
    "\u{20000}",
  ),
  fc.constantFrom(
    "word",
    "Word's",
    "k=v;",
    "a_b.c(d)",
    "https://e.org/a?b=c#d",
    "x".repeat(40),
    "y".repeat(101),
    "3,14",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const texts = fc.array(
  fc.array(unit, { maxLength: 30 }).map((units) => units.join("")),
  { minLength: 20, maxLength: 20 },
);

describe("openEmbeddingLimit", () => {
  it("counts as the embedder does, whatever is in the text", async () => {
    const { tokenCounter, tokensMax } = await openEmbeddingLimit(embedder);
    const [specialTokens = 0] = await embedder.countTokens([""], call);
    expect(specialTokens).toBe(2);
    expect(tokensMax).toBe(embedder.textTokensMax - specialTokens);
    expect(tokenCounter.count("")).toBe(0);
    const shortened = await openEmbeddingLimit({ textTokensMax: 20 + specialTokens });
    await fc.assert(
      fc.asyncProperty(texts, async (batch) => {
        const counts = await embedder.countTokens(batch, call);
        expect(batch.map((text) => tokenCounter.count(text) + specialTokens)).toEqual(counts);
        expect(batch.map((text) => shortened.isReadWhole(text))).toEqual(
          counts.map((tokens) => tokens - specialTokens <= 20),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("names the model and its tokenizer in the counter's id", async () => {
    const { tokenCounter } = await openEmbeddingLimit(embedder);
    expect(tokenCounter.id).toMatch(/^larder-embed-v1-tokens@[0-9a-f]{12}$/u);
    expect((await openEmbeddingLimit(embedder)).tokenCounter.id).toBe(tokenCounter.id);
  });

  it("counts megabytes without a space", async () => {
    const { tokenCounter } = await openEmbeddingLimit(embedder);
    expect(tokenCounter.count("中".repeat(1_000_000))).toBe(1_000_000);
    expect(tokenCounter.count("\u{1F469}".repeat(100_000))).toBeLessThan(100);
    expect(tokenCounter.count("ab+".repeat(300_000))).toBe(2 * 300_000);
  });

  it("refuses a tokenizer that is not as pinned", async () => {
    const settings = { fileHashes: { "tokenizer.json": "0".repeat(64), "tokenizer_config.json": "0".repeat(64) } };
    const options = { model: "larder-embed-v1x", modelsFolder: new URL("../../models", import.meta.url).pathname };
    await expect(openEmbeddingLimit(embedder, options)).rejects.toMatchObject({ code: "EMBEDDER_MODEL_UNTRUSTED" });
    await expect(openEmbeddingLimit(embedder, { ...options, settings })).rejects.toMatchObject({
      code: "EMBEDDER_MODEL_MISSING",
      details: { model: "larder-embed-v1x" },
    });
  });
});
