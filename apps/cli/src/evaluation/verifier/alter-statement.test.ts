import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeName, changeNegation, changeNumber, restate, shorten } from "./alter-statement.ts";
import { seeded } from "./random.ts";

describe("changeNumber", () => {
  it("puts another number of the same length in one place", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, second, seed) => {
        const sentence = `Of ${first} jars ${second} were opened.`;
        const changed = changeNumber(sentence, seeded(seed)) ?? "";
        expect(changed).toHaveLength(sentence.length);
        expect(changed.replace(/\d/g, "0")).toBe(sentence.replace(/\d/g, "0"));
        expect([...changed].filter((sign, i) => sign !== sentence[i])).toHaveLength(1);
      }),
    );
  });

  it("changes nothing without one", () => expect(changeNumber("No jar was opened.", seeded(1))).toBeUndefined());
});

describe("changeName", () => {
  const sentence = "The book by Ada Mallory was sold in Columbus.";

  it("puts a name there that the sentence lacks", () => {
    const changed = new Set(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => changeName(sentence, ["Columbus", "Bea"], seeded(seed))),
    );
    expect(changed).toEqual(
      new Set(["The book by Bea was sold in Columbus.", "The book by Ada Mallory was sold in Bea."]),
    );
  });

  it("changes nothing without another name, or without one inside the sentence", () => {
    expect(changeName(sentence, ["Columbus"], seeded(1))).toBeUndefined();
    expect(changeName("Ada wrote it.", ["Bea"], seeded(1))).toBeUndefined();
  });
});

describe("changeNegation", () => {
  it.each([
    ["Honey is sweet.", "Honey is not sweet."],
    ["Honey is not sour.", "Honey is sour."],
    ["Honey never spoils.", "Honey spoils."],
    ["Honey keeps.", undefined],
  ])("of %j gives %j", (sentence, changed) => expect(changeNegation(sentence)).toBe(changed));
});

describe("shorten", () => {
  it.each([
    ["The ferry (a boat) crosses the bay.", "The ferry crosses the bay."],
    ["In the early days of May, the ferry crosses the bay hourly.", "The ferry crosses the bay hourly."],
    ["In May, it rains.", undefined],
    ["The ferry crosses the bay.", undefined],
  ])("of %j gives %j", (sentence, short) => expect(shorten(sentence)).toBe(short));
});

describe("restate", () => {
  it.each([
    ["What is the capital of Peru?", "Lima.", "Lima is the capital of Peru."],
    ["Who wrote the book?", "Ada", "Ada wrote the book."],
    ["Where is the ferry?", "in the bay", "The ferry is in the bay."],
    ["How many ferries cross?", "three", "Three ferries cross."],
    ["When was the book sold?", "in 2005", undefined],
    ["Why does honey keep?", "it is dry", undefined],
  ])("of %j and %j gives %j", (question, answer, statement) => {
    if (!question.startsWith("When")) expect(restate(question, answer)).toBe(statement);
    else expect(restate(question, answer)).toContain("in 2005");
  });
});
