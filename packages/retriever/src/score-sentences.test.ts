import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDocuments, cutDocument, ranked, sentenceReader, tokenMatcher } from "../test/cut-document.ts";
import { matchPassages } from "./late-interaction.ts";
import { scoreSentences, sentenceWeights } from "./score-sentences.ts";
import type { RankedPassage } from "./stretch.ts";

const ports = { tokenMatcher, sentenceReader };
function score(question: string, found: readonly RankedPassage[]) {
  const passages = found.map(({ passage }) => passage);
  return scoreSentences(found, matchPassages(question, passages, ports));
}
const textOf = ({ passage, sentence }: ReturnType<typeof score>[number]) =>
  passage.passage.text.slice(sentence.start, sentence.end);
const scoreOf = (scored: ReturnType<typeof score>, text: string) =>
  scored.find((each) => textOf(each) === text)?.score ?? Number.NaN;
const passagesOf = (...texts: readonly string[]) =>
  texts.map((text, i) => cutDocument(`d${i}`, [{ text }], i + 1, "").passages[0]);

describe("scoreSentences", () => {
  it("scores nothing of nothing", () => {
    expect(score("oil", [])).toEqual([]);
    expect(score("oil", [ranked(passagesOf(" ")[0], 1)])).toEqual([]);
  });

  it("gives a lone sentence everything", () => {
    expect(score("oil", [ranked(passagesOf("Olive oil.")[0], 1)])).toMatchObject([
      { score: expect.closeTo(1 - sentenceWeights.neighbour), share: 1 },
    ]);
  });

  it("puts the sentence that answers first, whether its passage says more or not", () => {
    const text = "Cars are old. The tyre pressure is printed inside the fuel flap. Nobody reads manuals.";
    const [first] = score("Where is the tyre pressure printed?", [ranked(passagesOf(text)[0], 1)]);
    expect(first && textOf(first)).toBe("The tyre pressure is printed inside the fuel flap.");
  });

  it("lifts the sentences beside a good one", () => {
    const text = "Far away. Quite beside. The airbag module is red. Also beside. Far off.";
    const scored = score("airbag module", [ranked(passagesOf(text)[0], 1)]);
    for (const beside of ["Quite beside.", "Also beside."]) {
      expect(scoreOf(scored, beside)).toBeGreaterThan(scoreOf(scored, "Far away."));
      expect(scoreOf(scored, beside)).toBeLessThan(scoreOf(scored, "The airbag module is red."));
    }
    expect(scoreOf(scored, "Far away.")).toBeCloseTo(scoreOf(scored, "Far off."));
  });

  it("lifts no sentence over the border of its passage", () => {
    const passages = cutDocument("a", [{ text: "The airbag module." }, { text: "Next. Last." }], 1, "").passages;
    const scored = score(
      "airbag module",
      passages.map((passage) => ranked(passage, 0.5)),
    );
    expect(scoreOf(scored, "Next.")).toBeCloseTo(scoreOf(scored, "Last."));
  });

  it("prefers the sentence of the better passage where both say the same", () => {
    const [a, b] = passagesOf("The same words.", "The same words.");
    const [first, second] = score("same words", [ranked(b, 0.4), ranked(a, 0.9)]);
    expect(first?.passage.score).toBe(0.9);
    expect((first?.score ?? 0) - (second?.score ?? 0)).toBeCloseTo(sentenceWeights.passage * 0.5);
  });

  it("keeps the order of passages, then of sentences, among equals", () => {
    const [a, b] = passagesOf("Yes. Yes. Yes.", "Yes. Yes. Yes.");
    const found = [ranked(b, 0.5), ranked(a, 0.5)];
    const order = score("no", found).map(({ passage, sentence }) => [passage.passage.label, sentence.start]);
    expect(order).toEqual([
      [2, 0],
      [2, 5],
      [2, 10],
      [1, 0],
      [1, 5],
      [1, 10],
    ]);
  });

  it("holds every sentence once, best first, within 0 and 1, with shares that add up to 1 in the same order", () => {
    const question = fc.constantFrom("lorem ipsum dolor", "猫はどこ", "yes part", "?", "the evidence");
    fc.assert(
      fc.property(
        anyDocuments,
        question,
        fc.infiniteStream(fc.integer({ min: 0, max: 10 })),
        (documents, asked, scores) => {
          const found = documents
            .flatMap(({ passages }) => passages)
            .map((passage) => ranked(passage, (scores.next().value ?? 0) / 10));
          const scored = score(asked, found);
          const expected = found.flatMap(({ passage }) =>
            sentenceReader.read(passage.text).map(({ start }) => `${passage.label} ${start}`),
          );
          const given = scored.map(({ passage, sentence }) => `${passage.passage.label} ${sentence.start}`);
          expect(given.toSorted()).toEqual(expected.toSorted());
          const sum = scored.reduce((total, { share }) => total + share, 0);
          if (scored.length > 0) expect(sum).toBeCloseTo(1, 9);
          for (const [i, each] of scored.entries()) {
            expect(each.score).toBeGreaterThanOrEqual(0);
            expect(each.score).toBeLessThanOrEqual(1 + 1e-9);
            expect(each.share).toBeGreaterThan(0);
            const next = scored[i + 1];
            if (next !== undefined) {
              expect(next.score).toBeLessThanOrEqual(each.score);
              expect(next.share).toBeLessThanOrEqual(each.share);
            }
          }
        },
      ),
    );
  });
});
