import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeSentences, encodeSentences } from "./passage-sentences.ts";

const u16 = fc.integer({ min: 0, max: 0xffff });
const anySentences = fc
  .array(
    fc.record({
      gap: u16,
      length: u16,
      tokens: fc.integer({ min: 0, max: 0x7fff }),
      isCode: fc.boolean(),
      ids: fc.array(u16, { maxLength: 40 }),
    }),
    { maxLength: 20 },
  )
  .map((parts) => {
    let reached = 0;
    return parts.map(({ gap, length, tokens, isCode, ids }) => {
      const start = reached + gap;
      reached = start + length;
      return {
        start,
        end: reached,
        tokens,
        tokenIds: Uint16Array.from(ids),
        ...(isCode ? { isCode: true as const } : {}),
      };
    });
  });

it("gives back what was written", () => {
  fc.assert(
    fc.property(anySentences, (sentences) => {
      expect(decodeSentences(encodeSentences(sentences), 20 * 0x1fffe)).toEqual(sentences);
    }),
  );
});

it("writes nothing for what has no sentences or does not fit", () => {
  expect(encodeSentences(undefined)).toBeNull();
  expect(encodeSentences([{ start: 0, end: 70_000, tokens: 1, tokenIds: new Uint16Array() }])).toBeNull();
  expect(encodeSentences([{ start: 0, end: 4, tokens: 0x8000, tokenIds: new Uint16Array() }])).toBeNull();
  const overlapping = [0, 2].map((start) => ({ start, end: start + 4, tokens: 1, tokenIds: new Uint16Array() }));
  expect(encodeSentences(overlapping)).toBeNull();
  expect(decodeSentences(null, 10)).toBeUndefined();
});

it("refuses bytes that say something else than their length or leave the text", () => {
  const whole = encodeSentences([{ start: 0, end: 4, tokens: 1, tokenIds: Uint16Array.of(7, 8) }]);
  expect(decodeSentences(whole, 3)).toBeUndefined();
  for (let length = 1; length < 12; length++) {
    expect(decodeSentences(whole?.subarray(0, length) ?? null, 4)).toBeUndefined();
  }
});
