import { describe, expect, it } from "vitest";
import { cutDocument, sentenceReader, tokenMatcher } from "../test/cut-document.ts";
import { matchPassages } from "./late-interaction.ts";
import { namesIn, namesToFollow } from "./names-to-follow.ts";

const ports = { tokenMatcher, sentenceReader };
const film = [
  "Orange Eats Creeps",
  "Orange Eats Creeps is a film by Ada Mallory, set in Portland. It was shot in Canada.",
];
const rain = ["weather", "It is wet."];
const portland = ["Portland", "A town."];

function follow(question: string, documents: readonly (readonly string[])[], namesMax = 12): readonly string[] {
  const passages = documents.flatMap(
    ([title = "", text = ""], i) => cutDocument(`d${i}`, [{ text }], i, title).passages,
  );
  const ranked = passages.map((passage, i) => ({ passage, score: 1 / (i + 1), scores: {} }));
  return namesToFollow(question, ranked, matchPassages(question, passages, ports), namesMax);
}

describe("namesToFollow", () => {
  const question = "Where was the director of Orange Eats Creeps born?";

  it("gives names that neither the question nor a candidate's title has", () => {
    expect(follow(question, [film, rain, portland])).toEqual(["Ada Mallory", "Canada"]);
    expect(follow(question, [film, rain, portland], 1)).toEqual(["Ada Mallory"]);
  });

  it("gives the title of a best passage that the question does not say", () => {
    expect(follow("Where was the director of the film born?", [film, rain, portland])[0]).toBe("Orange Eats Creeps");
  });

  it.each([
    ["nothing was found", question, []],
    ["no candidate is named by another", question, [film, rain]],
    ["the best passage holds the whole question", "Orange Eats Creeps film", [film, rain, portland]],
  ])("gives none where %s", (_, asked, documents) => expect(follow(asked, documents)).toEqual([]));

  it("gives none when none are wanted", () => expect(follow(question, [film, rain, portland], 0)).toEqual([]));
});

describe("namesIn", () => {
  it.each([
    ["It was shot by Ada Mallory in Portland.", ["Ada Mallory", "Portland"]],
    ["However, she left. Recently she came back to No. 5 Queen St. James.", ["No. 5 Queen St. James"]],
    ["born in Columbus, Ohio. The end of 2005", ["Columbus", "Ohio"]],
    ["O'Neill’s boat, the “Étoile”", ["Étoile"]],
    ["the A B C D E F G H", ["A B C D E F"]],
    ["nothing at all, 1984", []],
    ["北京大学", []],
    ["", []],
  ])("%j: %j", (text, names) => expect(namesIn(text)).toEqual(names));
});
