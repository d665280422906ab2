import type { Label, PassageSentence, StoredPassage } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDocuments, cutDocument, sentenceReader, tokenMatcher } from "../test/cut-document.ts";
import type { QueryMatch } from "./late-interaction.ts";
import { matchPassages } from "./late-interaction.ts";

const ports = { tokenMatcher, sentenceReader };
const passagesOf = (...texts: readonly string[]) =>
  texts.flatMap((text, i) => cutDocument(`d${i}`, [{ text }], i + 1, "").passages);
function shareOf(match: QueryMatch, label: Label): number {
  const passage = match.passages.get(label);
  return passage === undefined ? Number.NaN : match.shareOf(passage);
}
/** The share of the question that each text holds, by itself and here. */
function sharesOf(question: string, ...texts: readonly string[]): number[] {
  const passages = passagesOf(...texts);
  const match = matchPassages(question, passages, ports);
  return passages.map(({ label }) => shareOf(match, label));
}
const withSentences = (passage: StoredPassage): StoredPassage => ({
  ...passage,
  sentences: sentenceReader.read(passage.text),
});

describe("matchPassages", () => {
  it("matches nothing among nothing", () => {
    const match = matchPassages("oil", [], ports);
    expect(match.passages.size).toBe(0);
    const nothing = { sentences: [], rows: new Float32Array(), place: new Float32Array(1) };
    expect(match.shareOf({ ...nothing, best: Float32Array.of(0) })).toBe(0);
    expect(match.shareOf({ ...nothing, best: Float32Array.of(1) })).toBe(1);
  });

  it("gives a text that holds every word of the question all of it, whatever else it says", () => {
    const [all, some, none] = sharesOf("oil of the car", "The car needs oil. Much of it.", "The car is red.", "Jam!");
    expect(all).toBeCloseTo(1);
    expect(some).toBeLessThan(all ?? 0);
    expect(some).toBeGreaterThan(none ?? 1);
  });

  it("puts synonyms between the word itself and other words", () => {
    const [same, like, other] = sharesOf("automobile", "An automobile.", "A car.", "Some flour.");
    expect(same).toBe(1);
    expect(like).toBeGreaterThan(0.25);
    expect(like).toBeLessThan(1);
    expect(other).toBeLessThan(0.1);
  });

  it("counts words of title and headings for the passage and around its sentences, not for a sentence alone", () => {
    const { passages } = cutDocument("a", [{ text: "It needs oil.", headings: ["Engine"] }], 1, "Car manual");
    const match = matchPassages("car engine oil", passages, ports);
    const [found] = match.passages.values();
    expect(found && match.shareOf(found)).toBeCloseTo(1);
    expect(found && match.windowShare(found, 0)).toBeCloseTo(1);
    expect(found && match.sentenceShare(found, 0)).toBeLessThan(0.9);
  });

  it("matches words of scripts that the vocabulary lacks by themselves", () => {
    const [same, other, latin] = sharesOf("ꦲꦏ꧀ꦱꦫ", "Here: ꦲꦏ꧀ꦱꦫ.", "ꦱꦫꦲ", "letters");
    expect(same).toBe(1);
    expect(other).toBe(0);
    expect(latin).toBe(0);
    const [cat, dog] = sharesOf("猫は何処", "猫は部屋にいる。", "犬も居間へ。");
    expect(cat).toBeGreaterThan(dog ?? 1);
  });

  it("counts words that few candidates hold for more", () => {
    const common = ["A jam of plums.", "A jam of pears.", "A jam of figs."];
    const [jam, honey] = sharesOf("jam honey", "jam", "honey", ...common);
    expect(honey).toBeGreaterThan(jam ?? 1);
    const [jamAlone, honeyAlone] = sharesOf(
      "jam honey",
      "jam",
      "honey",
      "Honey of bees.",
      "More honey.",
      "Honey, still.",
    );
    expect(jamAlone).toBeGreaterThan(honeyAlone ?? 1);
  });

  it("counts a repeated word of the question once", () => {
    const texts = ["The car needs oil.", "Oil is rancid.", "A car."];
    expect(sharesOf("oil oil car oil", ...texts)).toEqual(sharesOf("oil car", ...texts));
  });

  it("gives no share of a question without words", () => {
    expect(sharesOf("?!", "Anything.", "")).toEqual([0, 0]);
  });

  it("reads passages that were stored without their sentences to the same result", () => {
    const words = fc.array(fc.constantFrom("lorem", "dolor", "yes", "猫", "犬", "evidence", "part", "zzz"), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyDocuments, words, (documents, question) => {
        const bare = documents.flatMap(({ passages }) => passages);
        const read = matchPassages(question.join(" "), bare, ports);
        const stored = matchPassages(question.join(" "), bare.map(withSentences), ports);
        expect([...stored.passages]).toEqual([...read.passages]);
        for (const passage of read.passages.values()) {
          const share = read.shareOf(passage);
          expect(stored.shareOf(passage)).toBe(share);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-6);
          for (const i of passage.sentences.keys()) {
            expect(read.sentenceShare(passage, i)).toBeLessThanOrEqual(read.windowShare(passage, i));
            expect(read.windowShare(passage, i)).toBeLessThanOrEqual(share);
          }
        }
      }),
    );
  });

  it("takes stored sentences as they are", () => {
    const sentence: PassageSentence = { start: 0, end: 2, tokens: 1, tokenIds: tokenMatcher.tokenIds("zebra") };
    const passages = passagesOf("No.").map((passage) => ({ ...passage, sentences: [sentence] }));
    const match = matchPassages("zebra", passages, ports);
    expect([...match.passages.values()]).toMatchObject([{ sentences: [sentence], rows: Float32Array.of(1) }]);
  });

  it("does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(anyDocuments, (documents) => {
        const passages = documents.flatMap((document) => document.passages);
        const forward = matchPassages("part of it", passages, ports);
        const backward = matchPassages("part of it", passages.toReversed(), ports);
        for (const [label, passage] of forward.passages) {
          expect(backward.passages.get(label)).toEqual(passage);
          expect(shareOf(backward, label)).toBe(shareOf(forward, label));
        }
      }),
    );
  });
});
