import type { SentenceReader, TokenCounter, TokenMatcher } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** A reader, and what its sentences' tokens have to agree with. */
export interface SentenceReaderUnderTest {
  readonly sentenceReader: SentenceReader;
  readonly tokenCounter: TokenCounter;
  readonly tokenMatcher: Pick<TokenMatcher, "tokenIds">;
}

/** The SentenceReader contract. Every adapter runs it. */
export function describeSentenceReader(name: string, open: () => Promise<SentenceReaderUnderTest>): void {
  describe(`${name} keeps the SentenceReader contract`, async () => {
    const { sentenceReader, tokenCounter, tokenMatcher } = await open();
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.lorem({ maxCount: 12, mode: "sentences" }),
      fc.string({ unit: fc.constantFrom("a", "word ", ".", "\n", " ", "猫", "。", "🦊"), maxLength: 2_000 }),
    );

    it.each(["", " ", "\n\t\u00a0"])("reads no sentence in %j", (text) => {
      expect(sentenceReader.read(text)).toEqual([]);
    });

    it("reads every character but white space once, in order", () => {
      fc.assert(
        fc.property(anyText, (text) => {
          let end = 0;
          for (const sentence of sentenceReader.read(text)) {
            expect(text.slice(end, sentence.start).trim()).toBe("");
            expect(sentence.end).toBeGreaterThan(sentence.start);
            end = sentence.end;
          }
          expect(text.slice(end).trim()).toBe("");
        }),
      );
    });

    it("counts each sentence as the counter does and reads its tokens as the matcher does", () => {
      fc.assert(
        fc.property(anyText, (text) => {
          for (const { start, end, tokens, tokenIds } of sentenceReader.read(text)) {
            const sentence = text.slice(start, end);
            expect(tokens).toBe(tokenCounter.count(sentence));
            expect(tokenIds).toEqual(tokenMatcher.tokenIds(sentence));
          }
        }),
      );
    });
  });
}
