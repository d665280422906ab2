import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceSpans } from "./sentence-spans.ts";

const sentences = (text: string) => sentenceSpans(text).map(({ start, end }) => text.slice(start, end));

describe("sentenceSpans", () => {
  it.each([
    ["", []],
    [" \n ", []],
    ["One. Two!  Three?", ["One.", "Two!", "Three?"]],
    ["A wrapped\nline goes on. Next.", ["A wrapped line goes on.".replace(" line", "\nline"), "Next."]],
    ["# Heading\n\nIt begins here.", ["# Heading", "It begins here."]],
    ["- first\n- second", ["- first", "- second"]],
    ["猫は部屋にいる。犬は外にいる。", ["猫は部屋にいる。", "犬は外にいる。"]],
  ])("divides %j", (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  it("divides what has no sentence ends at white space", () => {
    const parts = sentences("cell ".repeat(500));
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part).toMatch(/^cell( cell)*$/);
  });

  it("divides what has not even white space without splitting a character", () => {
    const parts = sentences("🜂".repeat(1_000));
    expect(parts.join("")).toBe("🜂".repeat(1_000));
    for (const part of parts) expect(Buffer.from(part).toString()).toBe(part);
  });

  it("loses and repeats nothing but white space", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.lorem({ maxCount: 200 }));
    fc.assert(
      fc.property(text, (given) => {
        const spans = sentenceSpans(given);
        let end = 0;
        for (const span of spans) {
          expect(span.end).toBeGreaterThan(span.start);
          expect(given.slice(end, span.start).trim()).toBe("");
          expect(given.slice(span.start, span.end).trim()).toBe(given.slice(span.start, span.end));
          end = span.end;
        }
        expect(given.slice(end).trim()).toBe("");
      }),
    );
  });
});
