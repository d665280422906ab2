import { expect, it } from "vitest";
import { generateQuestions } from "./generate-questions.ts";

const text =
  "The keeper of the lighthouse at Ottoline Marsh lit the lamp at dusk every day. Ferries crossed the wide grey bay 14 times a day in the summer months.";
const passages = Array.from({ length: 12 }, (_, i) => ({
  documentId: `d${i % 3}`,
  title: `Coast ${i % 3}`,
  headings: [`Coast ${i % 3}`, `Part ${i}`],
  start: i * 1_000,
  text,
}));

it("asks about each document in turn, with gold that is the sentence or the passage", () => {
  const set = generateQuestions("own", passages, 9, 1);
  expect(set.isSynthetic).toBe(true);
  expect(set.questions).toHaveLength(9);
  expect(new Set(set.questions.slice(0, 3).map(({ cluster }) => cluster)).size).toBe(3);
  for (const { text: asked, answers, gold } of set.questions) {
    const [span] = gold;
    const passage = passages.find(
      ({ start, documentId }) =>
        documentId === span?.documentId && span.start >= start && span.start < start + text.length,
    );
    if (span === undefined || passage === undefined) throw new Error("no gold");
    const marked = passage.text.slice(span.start - passage.start, span.end - passage.start);
    if (answers.length === 0) expect(marked).toBe(text);
    else {
      expect(marked).toContain(answers[0]);
      expect(asked).not.toContain(answers[0]);
      expect(asked).toContain("____");
    }
  }
});

it("repeats for one seed, differs for another, and stops when the documents do", () => {
  const texts = (seed: number) => generateQuestions("own", passages, 6, seed).questions.map(({ text: asked }) => asked);
  expect(texts(1)).toEqual(texts(1));
  expect(texts(1)).not.toEqual(texts(2));
  expect(generateQuestions("own", passages, 100, 1).questions).toHaveLength(12);
  expect(generateQuestions("own", [], 10, 1).questions).toEqual([]);
});

it("asks about headings only where one passage is all that stands below", () => {
  const plain = "Nothing here has a word that could be left out, and no numbers are in it at all.";
  const below = (start: number, ...headings: readonly string[]) => {
    return { documentId: "d", title: "Coast", headings: ["Coast", ...headings], start, text: plain };
  };
  const asked = [
    below(0, "Ferries"),
    below(100, "Ferries"),
    below(200, "Lights"),
    below(300, "Lights", "Lamps"),
    below(400, "Prices"),
    below(500, "Prices", "from | to | price"),
  ];
  const { questions } = generateQuestions("own", asked, 10, 1);
  expect(questions.map((question) => [question.text, question.gold[0]?.start])).toEqual([
    ['What does "Coast" say about "Lamps"?', 300],
  ]);
});
