import type { TokenMatcher } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.lorem({ maxCount: 20 }),
);

/** What of a question the tokens of a text match, one value for each of the question's tokens. */
export function matchOf(matcher: TokenMatcher, question: string, text: string): Float32Array {
  const query = matcher.tokenIds(question);
  const best = new Float32Array(query.length);
  matcher.matching(query).raise(best, matcher.tokenIds(text));
  return best;
}

/** The TokenMatcher contract. Every adapter runs it. */
export function describeTokenMatcher(name: string, open: () => Promise<TokenMatcher>): void {
  describe(`${name} keeps the TokenMatcher contract`, async () => {
    const matcher = await open();

    it("reads any text, the same each time", () => {
      fc.assert(
        fc.property(anyText, (text) => {
          expect(matcher.tokenIds(text)).toEqual(matcher.tokenIds(text));
          const share = matcher.knownShare(text);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
          for (const token of matcher.tokenIds(text)) expect(matcher.weight(token)).toBeGreaterThan(0);
        }),
      );
    });

    it("finds no token in a text without words and takes all of it for known", () => {
      for (const text of ["", " \n\t", "?!… —", "🙂👩‍👩‍👧❤️"]) {
        expect(matcher.tokenIds(text)).toEqual(new Uint16Array());
        expect(matcher.knownShare(text)).toBe(1);
      }
    });

    it("reads words apart as it reads them together", () => {
      fc.assert(
        fc.property(anyText, anyText, (a, b) => {
          expect([...matcher.tokenIds(`${a} ${b}`)]).toEqual([...matcher.tokenIds(a), ...matcher.tokenIds(b)]);
        }),
      );
    });

    it("matches the same token by 1, and no other", () => {
      fc.assert(
        fc.property(anyText, anyText, (question, text) => {
          const held = new Set(matcher.tokenIds(text));
          const query = matcher.tokenIds(question);
          for (const [i, match] of matchOf(matcher, question, text).entries()) {
            if (held.has(query[i] ?? -1)) expect(match).toBe(1);
            else expect(match).toBeLessThan(1);
            expect(match).toBeGreaterThanOrEqual(0);
          }
          expect(matchOf(matcher, text, text).every((match) => match === 1)).toBe(true);
        }),
      );
    });

    it("only ever raises, in whatever order texts come", () => {
      fc.assert(
        fc.property(anyText, anyText, anyText, (question, a, b) => {
          const query = matcher.tokenIds(question);
          const matching = matcher.matching(query);
          const [forward, backward] = [new Float32Array(query.length), new Float32Array(query.length)];
          for (const text of [a, b]) matching.raise(forward, matcher.tokenIds(text));
          const both = forward.slice();
          for (const text of [b, a]) matching.raise(backward, matcher.tokenIds(text));
          expect(backward).toEqual(forward);
          expect(matchOf(matcher, question, `${a} ${b}`)).toEqual(forward);
          matching.raise(forward, new Uint16Array());
          expect(forward).toEqual(both);
        }),
      );
    });

    it("matches words that it does not know with themselves alone", () => {
      expect([...matchOf(matcher, "qzxwvk", "qzxwvk")].every((match) => match === 1)).toBe(true);
      expect([...matchOf(matcher, "ꦲꦏ꧀ꦱꦫ", "ꦲꦏ꧀ꦱꦫ")].every((match) => match === 1)).toBe(true);
      expect([...matchOf(matcher, "ꦲꦏ꧀ꦱꦫ", "house 猫 дом")].every((match) => match === 0)).toBe(true);
    });

    it.each(["a", "ก", "猫", "か", "\u0301", "a\u0301", "🦊", "x ", "\ud83e", "𐐀", "1", "_", "a-"])(
      "is linear on %j repeated",
      (unit) => {
        // Some 10 ms to 300 ms; what is quadratic takes more than a test may.
        expect(matcher.tokenIds(unit.repeat(200_000 / unit.length))).toBeInstanceOf(Uint16Array);
      },
    );
  });
}
