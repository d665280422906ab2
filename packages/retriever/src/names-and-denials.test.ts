import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { denies, missingNames } from "./names-and-denials.ts";

describe("missingNames", () => {
  it.each([
    { question: "When did Kublai Khan die?", text: "Kublai Khan died in 1294.", missing: 0 },
    { question: "When did Kublai Khan die?", text: "Möngke Khan died in 1259.", missing: 0.5 },
    { question: "What happened in 1,987?", text: "In 1987 nothing happened.", missing: 1 },
    { question: "What happened in 1987?", text: "In 1987 nothing happened.", missing: 0 },
    { question: "Who led the Normans?", text: "The leader of a Norman army", missing: 0 },
    { question: "Honey keeps how long?", text: "Salt.", missing: 0 },
    { question: "WHO LED THE NORMANS?", text: "Salt.", missing: 0 },
    { question: "谁在1998年？", text: "1998年的人", missing: 0 },
    { question: "谁在1998年？", text: "1999年的人", missing: 1 },
    { question: "", text: "", missing: 0 },
  ])("of $question in $text is $missing", ({ question, text, missing }) => {
    expect(missingNames(question, text)).toBe(missing);
  });

  it("is a share, and none of what the text repeats", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (question, text) => {
        expect(missingNames(question, text)).toBeGreaterThanOrEqual(0);
        expect(missingNames(question, text)).toBeLessThanOrEqual(1);
        expect(missingNames(question, question)).toBe(0);
      }),
    );
  });
});

describe("denies", () => {
  it.each([
    ["What is not a symptom?", true],
    ["Who didn’t sign?", true],
    ["What does nobody know?", true],
    ["Where is the knot?", false],
    ["Which notes are known?", false],
  ])("%s: %s", (text, isSo) => expect(denies(text)).toBe(isSo));
});
