import { evidenceOf } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSentences } from "./evidence-sentences.ts";
import { findSupport } from "./verify-citations.ts";

const piece = (text: string, title = "Handbook", start = 1_000) => evidenceOf(text, { title, start });

const pantry = piece(
  "Keep flour in a dry, dark cupboard. It stays good for 8 months. Honey does not spoil at all. " +
    "Opened oil turns rancid after 90 days, and faster in the light.",
);
const bridge = piece(
  "It is 1,280 metres long. Work began in 1933 and ended four years later.",
  "Golden Gate Bridge",
  40,
);
const evidence = readSentences([pantry, bridge]);
const quote = (marker: number, statement: string, question = "") =>
  findSupport(evidence, marker, statement, question)?.quote;

describe("findSupport", () => {
  it.each([
    [1, "Honey never spoils.", "Honey does not spoil at all."],
    [
      1,
      "Once opened, oil becomes rancid after 90 days.",
      "Opened oil turns rancid after 90 days, and faster in the light.",
    ],
    [2, "The Golden Gate Bridge is 1280 metres long.", "It is 1,280 metres long."],
    [
      1,
      "Flour kept dry and dark stays good for 8 months.",
      "Keep flour in a dry, dark cupboard. It stays good for 8 months.",
    ],
  ])("supports %i %j by its words", (marker, statement, expected) => {
    expect(quote(marker, statement)).toBe(expected);
  });

  it.each([
    [1, "Sugar melts at a high temperature.", "it stands nowhere"],
    [2, "Honey does not spoil.", "it stands in another piece"],
    [1, "Opened oil turns rancid after 30 days.", "its number is not there"],
    [0, "Honey does not spoil.", "evidence counts from 1"],
    [99, "Honey does not spoil.", "there is no such evidence"],
    [-1, "Honey does not spoil.", "there is no such evidence"],
    [Number.NaN, "Honey does not spoil.", "there is no such evidence"],
    [1, "", "it says nothing"],
    [1, "“The flour was delivered by Napoleon in person” according to the custom of the empire", "a made-up quote"],
  ])("finds no support in %i for %j: %s", (marker, statement) => {
    expect(quote(marker, statement)).toBeUndefined();
  });

  it("lets the question stand in for a statement without words of its own", () => {
    expect(quote(1, "No.", "Does honey spoil?")).toBe("Honey does not spoil at all.");
  });

  it("gives offsets into the document", () => {
    const citation = findSupport(evidence, 2, "Work began in 1933.", "");
    expect(citation).toMatchObject({ marker: 2, passageId: "psg_1", documentId: "doc_1", start: 65 });
  });

  it("cites only what stands there, word for word, whatever the model says", () => {
    const word = fc.constantFrom(
      "honey",
      "oil",
      "rancid",
      "90",
      "days",
      "flour",
      "[2]",
      "javascript:",
      "\n",
      "1933",
      "не",
    );
    const statement = fc.oneof(
      fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
      fc.string(),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 30 }).map((words) => words.join(" ")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 3 }),
        statement,
        statement,
        fc.integer(),
        (texts, said, asked, marker) => {
          const pieces = texts.map((given, index) => piece(given, "t", index * 7));
          const citation = findSupport(readSentences(pieces), marker, said, asked);
          if (citation === undefined) return;
          const source = pieces[citation.marker - 1];
          expect(citation.quote).toBe(source?.text.slice(citation.start - source.start, citation.end - source.start));
          expect(citation.quote.trim()).not.toBe("");
        },
      ),
    );
  });
});
