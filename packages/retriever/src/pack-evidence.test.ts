import type { DocumentId, Label, PassageId, StoredPassage } from "@larder/contracts";
import { evidenceText } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packEvidence } from "./pack-evidence.ts";
import type { RankedPassage } from "./stretch.ts";

/** Words and signs: not additive over joined texts in general, as real counters are not. */
const countTokens = (text: string) => text.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]/gu)?.length ?? 0;

interface Piece {
  readonly lead: string;
  readonly text: string;
  /** Characters of the passage before it that it repeats. */
  readonly overlap: number;
}

/** A document cut into passages, with the text that they were cut from. */
function document(name: string, pieces: readonly Piece[], firstLabel: number) {
  let text = "";
  const passages: StoredPassage[] = [];
  for (const [ordinal, piece] of pieces.entries()) {
    const repeated = piece.overlap === 0 ? 0 : Math.min(piece.overlap, text.length - (passages.at(-1)?.start ?? 0) - 1);
    const overlap = Math.max(0, repeated);
    const lead = overlap > 0 ? "" : piece.lead;
    text += lead;
    const start = text.length - overlap;
    text += piece.text;
    passages.push({
      id: `psg_${name}${ordinal}` as PassageId,
      label: (firstLabel + ordinal) as Label,
      documentId: `doc_${name}` as DocumentId,
      version: 1,
      ordinal,
      title: `Title ${name}`,
      headings: ["Part"],
      text: text.slice(start),
      start,
      end: text.length,
      lead,
      tokens: 1,
    });
  }
  return { text, passages };
}

const plain = (...texts: readonly string[]) => texts.map((text) => ({ lead: "\n", text, overlap: 0 }));
const ranked = (passage: StoredPassage | undefined, score: number): RankedPassage => {
  if (passage === undefined) throw new Error("no such passage");
  return { passage, score, scores: { dense: score } };
};
const generous = { tokenBudget: 10_000, limit: 100, countTokens };

describe("packEvidence", () => {
  it("packs nothing from nothing", () => {
    expect(packEvidence([], generous)).toEqual({ evidence: [], tokens: 0 });
  });

  it("joins neighbours into their exact stretch and gives it the best one's score", () => {
    const { text, passages } = document("a", plain("Alpha.", "Beta.", "Gamma.", "Delta."), 1);
    const { evidence } = packEvidence([ranked(passages[2], 0.4), ranked(passages[1], 0.9)], generous);
    expect(evidence).toHaveLength(1);
    expect(evidence[0]).toMatchObject({
      text: "Beta.\nGamma.",
      score: 0.9,
      passageId: "psg_a1",
      passageIds: ["psg_a1", "psg_a2"],
    });
    expect(text.slice(evidence[0]?.start, evidence[0]?.end)).toBe("Beta.\nGamma.");
  });

  it("joins two pieces through the passage between them", () => {
    const { passages } = document("a", plain("One.", "Two.", "Three."), 1);
    const { evidence } = packEvidence(
      [ranked(passages[0], 0.9), ranked(passages[2], 0.8), ranked(passages[1], 0.7)],
      generous,
    );
    expect(evidence.map(({ text }) => text)).toEqual(["One.\nTwo.\nThree."]);
  });

  it("does not join what is not next to each other, nor another version", () => {
    const { passages } = document("a", plain("One.", "Two.", "Three."), 1);
    const [first, second, third] = passages;
    expect(packEvidence([ranked(first, 0.9), ranked(third, 0.8)], generous).evidence).toHaveLength(2);
    const newer = second && { ...second, version: 2 };
    expect(packEvidence([ranked(first, 0.9), ranked(newer, 0.8)], generous).evidence).toHaveLength(2);
  });

  it("passes over what does not fit for a smaller one", () => {
    const { passages } = document("a", plain("Small one.", "x", "long ".repeat(50), "x", "Tiny."), 1);
    const { evidence } = packEvidence([ranked(passages[0], 0.9), ranked(passages[2], 0.8), ranked(passages[4], 0.7)], {
      ...generous,
      tokenBudget: 24,
    });
    expect(evidence.map(({ text }) => text)).toEqual(["Small one.", "Tiny."]);
  });

  it("cuts the very best at a sentence rather than leave it out", () => {
    const { text, passages } = document(
      "a",
      plain("One fact stands here. Another fact. A third fact stands there."),
      1,
    );
    const { evidence, tokens } = packEvidence([ranked(passages[0], 1)], { ...generous, tokenBudget: 14 });
    expect(evidence[0]?.text).toBe("One fact stands here.");
    expect(text.slice(evidence[0]?.start, evidence[0]?.end)).toBe("One fact stands here.");
    expect(tokens).toBe(12);
  });

  it("gives nothing when not even the place's line fits", () => {
    const { passages } = document("a", plain("Word."), 1);
    expect(packEvidence([ranked(passages[0], 1)], { ...generous, tokenBudget: 3 })).toEqual({
      evidence: [],
      tokens: 0,
    });
  });

  it("counts what a prompt shows: place, text and marker", () => {
    const { passages } = document("a", plain("Word."), 1);
    const { evidence, tokens } = packEvidence([ranked(passages[0], 1)], generous);
    const [piece] = evidence;
    expect(piece && countTokens(evidenceText(piece, 12))).toBe(tokens);
  });

  const pieces = fc.array(
    fc.record({
      lead: fc.constantFrom("", " ", "\n\n"),
      text: fc.lorem({ maxCount: 3, mode: "sentences" }),
      overlap: fc.constantFrom(0, 0, 5, 40),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const search = fc.record({
    first: pieces,
    second: pieces,
    scores: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 16, maxLength: 16 }),
    taken: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
    tokenBudget: fc.nat(120),
    limit: fc.integer({ min: 1, max: 6 }),
  });

  it("keeps the budget, the limit and the words, whatever is found", () => {
    fc.assert(
      fc.property(search, ({ first, second, scores, taken, tokenBudget, limit }) => {
        const documents = [document("a", first, 1), document("b", second, 100)];
        const found = documents
          .flatMap(({ passages }) => passages)
          .flatMap((passage, index) => (taken[index] ? [ranked(passage, (scores[index] ?? 0) / 10)] : []));
        const limits = { tokenBudget, limit, countTokens };
        const { evidence, tokens } = packEvidence(found, limits);

        expect(tokens).toBeLessThanOrEqual(tokenBudget);
        expect(evidence.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(tokens);
        expect(evidence.length).toBeLessThanOrEqual(limit);
        for (const [index, piece] of evidence.entries()) {
          const source = documents.find(({ passages }) => passages[0]?.documentId === piece.documentId);
          expect(piece.text).toBe(source?.text.slice(piece.start, piece.end));
          expect(piece.text).not.toBe("");
          expect(piece.passageIds).toContain(piece.passageId);
          expect(piece.tokens).toBe(countTokens(evidenceText(piece, 99)));
          for (const other of evidence.slice(index + 1)) {
            expect(other.score).toBeLessThanOrEqual(piece.score);
            if (other.documentId !== piece.documentId) continue;
            expect(other.start >= piece.end || other.end <= piece.start).toBe(true);
          }
        }
        expect(packEvidence(found.toReversed(), limits)).toEqual({ evidence, tokens });
      }),
      { numRuns: 300 },
    );
  });

  it("always gives the best passage's beginning when its first word fits", () => {
    fc.assert(
      fc.property(search, ({ first, tokenBudget, limit }) => {
        const { passages } = document("a", first, 1);
        const found = passages.map((passage, index) => ranked(passage, 1 - index / 10));
        const { evidence } = packEvidence(found, { tokenBudget: tokenBudget + 12, limit, countTokens });
        expect(evidence[0]?.passageId).toBe("psg_a0");
        expect(evidence[0]?.start).toBe(passages[0]?.start);
      }),
    );
  });
});
