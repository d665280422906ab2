import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeSentences, encodeSentences } from "./passage-sentences.ts";

const u16 = fc.integer({ min: 0, max: 0xffff });
const sentence = fc
  .record({ start: u16, length: u16, tokens: u16, ids: fc.array(u16, { maxLength: 40 }) })
  .map(({ start, length, tokens, ids }) => ({ start, end: start + length, tokens, tokenIds: Uint16Array.from(ids) }));

it("gives back what was written", () => {
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 20 }), (sentences) => {
      expect(decodeSentences(encodeSentences(sentences), 0x1fffe)).toEqual(sentences);
    }),
  );
});

it("writes nothing for what has no sentences or does not fit", () => {
  expect(encodeSentences(undefined)).toBeNull();
  expect(encodeSentences([{ start: 0, end: 70_000, tokens: 1, tokenIds: new Uint16Array() }])).toBeNull();
  expect(decodeSentences(null, 10)).toBeUndefined();
});

it("refuses bytes that say something else than their length or leave the text", () => {
  const whole = encodeSentences([{ start: 0, end: 4, tokens: 1, tokenIds: Uint16Array.of(7, 8) }]);
  expect(decodeSentences(whole, 3)).toBeUndefined();
  for (let length = 1; length < 12; length++) {
    expect(decodeSentences(whole?.subarray(0, length) ?? null, 4)).toBeUndefined();
  }
});
