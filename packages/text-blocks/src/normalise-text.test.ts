import { describe, expect, it } from "vitest";
import { normaliseText } from "./normalise-text.ts";

const textOf = (raw: string) => normaliseText(raw).text;

describe("normal text", () => {
  it("has plain line ends, no byte order mark and no NUL or lone surrogate", () => {
    expect(normaliseText("\uFEFFa\r\nb\rc\0\uD800")).toEqual({ text: "a\nb\nc\uFFFD\uFFFD", replaced: 2 });
  });

  it("spells Latin ligatures with their letters", () => {
    expect(textOf("\uFB01sh, o\uFB03ce, a\uFB04uent, \uFB06")).toBe("fish, office, affluent, st");
  });

  it("parts words with spaces and loses what only tells where a line may break", () => {
    expect(textOf("10\u00A0km 5\u202F%\u2009x")).toBe("10 km 5 % x");
    expect(textOf("hy\u00ADphen zero\u200Bwidth word\u2060joiner no\uFEFFbreak")).toBe(
      "hyphen zerowidth wordjoiner nobreak",
    );
  });

  it("keeps what shapes letters, emoji and direction, and the space of ideographs", () => {
    const raw = "می\u200Cخواهم 👩\u200D🚀 \u200Fא\u3000字 e\u0301 ﷺ";
    expect(textOf(raw)).toBe(raw);
  });
});
