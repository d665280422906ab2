import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { createO200kTokenCounter } from "./o200k-token-counter.ts";

const counter = createO200kTokenCounter();
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 400 }),
  fc.string({ unit: fc.constantFrom("a", " ", "\n", "=", "\ud83e", "\udd8a", "<|endoftext|>"), maxLength: 600 }),
);

describe("createO200kTokenCounter", () => {
  it.each([
    { text: "", tokens: 0 },
    { text: " ", tokens: 1 },
    { text: "a", tokens: 1 },
    { text: "hello world", tokens: 2 },
    { text: "The quick brown fox jumps over the lazy dog.", tokens: 10 },
  ])("counts $tokens tokens in $text", ({ text, tokens }) => {
    expect(counter.count(text)).toBe(tokens);
  });

  it.each(["<|endoftext|>", "a <|endofprompt|> b", "<|im_start|>system<|im_sep|>"])(
    "counts %s as plain text",
    (text) => {
      expect(counter.count(text)).toBeGreaterThan(3);
    },
  );

  it("accepts every UTF-16 unit, surrogates without their other half included", () => {
    for (let code = 0; code <= 0xffff; code++) {
      if (counter.count(String.fromCharCode(code)) < 1) expect.fail(`U+${code.toString(16)}`);
    }
  });

  it("never throws and gives zero for the empty string only", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = counter.count(text);
        expect(Number.isSafeInteger(tokens)).toBe(true);
        expect(tokens > 0).toBe(text.length > 0);
      }),
    );
  });

  it("counts text without long runs exactly as the encoder does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 250 }), (text) => {
        expect(counter.count(text)).toBe(encode(text, { disallowedSpecial: new Set() }).length);
      }),
    );
  });

  it("counts words between spaces exactly as the encoder does, and again the second time", () => {
    const unit = fc.constantFrom("a", "B", "é", "1", " ", "  ", "\n", "\t", "\u00a0", "'s", "-", ".", "/", "漢", "🦊");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 120 }), (text) => {
        const exact = encode(text, { disallowedSpecial: new Set() }).length;
        expect([counter.count(text), counter.count(text)]).toEqual([exact, exact]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("counts stretches without spaces exactly as the encoder does", () => {
    const unit = fc.constantFrom(
      "a",
      "b",
      "Z",
      "é",
      "1",
      "漢",
      "字",
      "한",
      "\u0301",
      "\u200d",
      "🦊",
      "\ud800",
      "=",
      "/",
      "'ll",
      "\n",
    );
    fc.assert(
      fc.property(fc.string({ unit, minLength: 33, maxLength: 120 }), (text) => {
        expect(counter.count(text)).toBe(encode(text, { disallowedSpecial: new Set() }).length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("counts no more for two texts joined than for both apart, but for the seam", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(counter.count(a + b)).toBeLessThanOrEqual(counter.count(a) + counter.count(b) + 8);
      }),
    );
  });

  it("stays within a hundredth of the encoder on one long run", () => {
    const run = "QmFzZTY0IGhhcyBubyBzcGFjZXM".repeat(200);
    const exact = encode(run).length;
    expect(Math.abs(counter.count(run) - exact)).toBeLessThanOrEqual(exact / 100);
  });

  it.each(["a", "=", " ", " \n", "\u0301", "🦊", "漢", "\ud800", "aB9-", "<|endoftext|>"])(
    "is linear on %j repeated",
    (unit) => {
      const text = unit.repeat(200_000 / unit.length);
      const startedAt = performance.now();
      counter.count(text);
      // About 0.1 s to 0.4 s; quadratic work takes 13 s and more. The bound only has to tell the two apart.
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    },
  );
});
