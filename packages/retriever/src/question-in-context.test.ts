import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { questionInContext } from "./question-in-context.ts";

const after = (...questions: readonly string[]) => questions.map((question) => ({ question }));

describe("questionInContext", () => {
  it.each([
    {
      what: "one that points back, by names",
      text: "Who founded it?",
      before: ["Where is Normandy?"],
      adds: "Normandy",
    },
    {
      what: "an addition of one word, by all content",
      text: "And in 2023?",
      before: ["What did Acme earn in 2022?"],
      adds: "Acme earn 2022",
    },
    {
      what: "a bare one, by all content",
      text: "Why?",
      before: ["Does Larder delete files?"],
      adds: "Larder delete files",
    },
    {
      what: "one after a question without names",
      text: "Who makes them?",
      before: ["how do jars close"],
      adds: "jars close",
    },
    {
      what: "a chain, back to what stands alone",
      text: "And its price?",
      before: ["Is Rome old?", "Who sells the Acme oven?", "How big is it?"],
      adds: "sells Acme oven big",
    },
  ])("completes $what", ({ text, before, adds }) => {
    expect(questionInContext(text, after(...before))).toBe(`${text}\n${adds}`);
  });

  it.each(["Which year did the Normans reach England?", "How long does opened honey keep?", "Where is Rouen?"])(
    "leaves %j as it is, for it stands alone",
    (text) => expect(questionInContext(text, after("What did Acme earn in 2022?"))).toBe(text),
  );

  it("begins with the question whatever came before, and is it without history", () => {
    const anything = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(anything, fc.array(anything), (text, before) => {
        expect(questionInContext(text, after(...before)).startsWith(text)).toBe(true);
        expect(questionInContext(text)).toBe(text);
      }),
    );
  });
});

it("takes IT for a name, not for a pronoun", () => {
  const history = [{ question: "Who founded Acme?" }];
  expect(questionInContext("What is the IT budget for 2024?", history)).toBe("What is the IT budget for 2024?");
});
