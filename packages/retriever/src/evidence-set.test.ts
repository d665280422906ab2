import { evidencePlace, evidenceTexts } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDocuments, countTokens, cutDocument, ranked, sentenceReader } from "../test/cut-document.ts";
import { EvidenceSet } from "./evidence-set.ts";
import type { Stretch } from "./stretch.ts";
import { stretchOf } from "./stretch.ts";

const empty = new EvidenceSet({ countTokens });
const setOf = (stretches: readonly Stretch[]) => stretches.reduce((set, stretch) => set.with(stretch), empty);
const tokensOf = (set: EvidenceSet) => evidenceTexts(set.evidence()).map(countTokens);

/** Some sentences of some documents, in any order. */
const anyStretches = fc
  .tuple(anyDocuments, fc.infiniteStream(fc.record({ isTaken: fc.boolean(), score: fc.integer({ min: 0, max: 10 }) })))
  .chain(([documents, stream]) => {
    const stretches = documents.flatMap(({ passages }) =>
      passages.flatMap((passage) => {
        const score = (stream.next().value?.score ?? 0) / 10;
        return sentenceReader
          .read(passage.text)
          .filter(() => stream.next().value?.isTaken)
          .map(({ start, end }) => stretchOf(ranked(passage, score), start, end));
      }),
    );
    return fc.record({
      documents: fc.constant(documents),
      stretches: fc.shuffledSubarray(stretches, { minLength: stretches.length, maxLength: stretches.length }),
    });
  });

describe("EvidenceSet", () => {
  it("is empty at first, and adding changes no set", () => {
    const { passages } = cutDocument("a", [{ text: "Alpha." }], 1);
    const one = empty.with(stretchOf(ranked(passages[0], 1)));
    expect([empty.size, empty.tokens, empty.evidence()]).toEqual([0, 0, []]);
    expect([one.size, one.sizeOf("doc_a"), one.sizeOf("doc_b")]).toEqual([1, 1, 0]);
  });

  it("joins what touches or has only white space between, in one passage and in neighbours", () => {
    const { text, passages } = cutDocument("a", [{ text: "One. Two." }, { text: "Three. Four.", lead: "\n\n" }], 1);
    const [first, second] = [ranked(passages[0], 0.4), ranked(passages[1], 0.9)];
    const set = setOf([stretchOf(first, 5, 9), stretchOf(second, 0, 6), stretchOf(first, 0, 4)]);
    expect(set.evidence()).toMatchObject([
      { text: "One. Two.\n\nThree.", passageId: "psg_a1", passageIds: ["psg_a0", "psg_a1"], score: 0.9 },
    ]);
    expect(set.evidence()[0]?.text).toBe(text.slice(set.evidence()[0]?.start, set.evidence()[0]?.end));
  });

  it("fills a gap that costs no more than a piece of its own, and no greater one", () => {
    const long = "Between them stands a sentence of so many words that leaving it out pays for a second marker.";
    const { passages } = cutDocument("a", [{ text: `One. So it is. Two. ${long} Three.` }], 1);
    const passage = ranked(passages[0], 1);
    const all = sentenceReader.read(passage.passage.text).map(({ start, end }) => stretchOf(passage, start, end));
    const set = setOf(all.filter((_, i) => i !== 1 && i !== 3));
    expect(set.evidence().map(({ text }) => text)).toEqual(["One. So it is. Two.", "Three."]);
  });

  it("joins neither another version nor what no neighbour leads to", () => {
    const { passages } = cutDocument("a", [{ text: "One." }, { text: "Two." }, { text: "Three." }], 1);
    const [first, second, third] = passages.map((passage) => stretchOf(ranked(passage, 0.5)));
    if (first === undefined || second === undefined || third === undefined) throw new Error("three were cut");
    expect(setOf([first, third]).size).toBe(2);
    expect(setOf([first, third, second]).size).toBe(1);
    const newer = stretchOf(ranked({ ...second.passages[0], version: 2 }, 0.5));
    expect(setOf([first, newer]).size).toBe(2);
  });

  it("joins through overlapping passages in whatever order their parts come", () => {
    const { passages } = cutDocument(
      "a",
      [{ text: "One of them. Two of them. " }, { text: "Three. ", overlap: 13 }, { text: "Four.", lead: "" }],
      1,
    );
    const [a, b, c] = passages.map((passage) => ranked(passage, 0.5));
    if (a === undefined || b === undefined || c === undefined) throw new Error("three were cut");
    expect(b.passage.text).toBe("Two of them. Three. ");
    const set = setOf([stretchOf(b, 0, 12), stretchOf(a, 17, 25), stretchOf(c), stretchOf(b, 13, 19)]);
    expect(set.evidence()).toMatchObject([
      { text: "Two of them. Three. Four.", passageIds: ["psg_a0", "psg_a1", "psg_a2"] },
    ]);
  });

  it("says a place once, with its page, and puts its pieces in the order of the document", () => {
    const long = "Between them stands a sentence of so many words that leaving it out pays for a second marker.";
    const { passages } = cutDocument("a", [{ text: `Alpha. ${long} Beta.`, headings: ["Part"], page: 3 }], 1);
    const passage = ranked(passages[0], 1);
    const end = passage.passage.text.length;
    const other = ranked(cutDocument("b", [{ text: "Gamma." }], 10).passages[0], 0.5);
    const set = setOf([stretchOf(other), stretchOf(passage, end - 5), stretchOf(passage, 0, 6)]);
    expect(evidenceTexts(set.evidence())).toEqual([
      "[1] Title a > Part, page 3\nAlpha.\n",
      "[2] Beta.\n",
      "[3] Title b\nGamma.\n",
    ]);
    expect(set.evidence().map(({ tokens }) => tokens)).toEqual(tokensOf(set));
  });

  it("counts places of the same name in two documents as they come to stand", () => {
    const two = ["a", "b"].map((name, i) =>
      cutDocument(
        name,
        [{ text: `${name} word.`, headings: ["Part"] }, { text: "x".repeat(9) }, { text: "End." }],
        i * 10,
        "Same",
      ),
    );
    const [a, b] = two.map(({ passages }) => passages);
    const set = setOf([
      stretchOf(ranked(a?.[0], 0.9)),
      stretchOf(ranked(b?.[0], 0.8)),
      stretchOf(ranked(a?.[2], 0.85)),
    ]);
    const texts = evidenceTexts(set.evidence());
    expect(texts).toEqual(["[1] Same > Part\na word.\n", "[2] Same\nEnd.\n", "[3] Same > Part\nb word.\n"]);
    expect(set.evidence().map(({ tokens }) => tokens)).toEqual(texts.map(countTokens));
    expect(set.tokens).toBe(texts.reduce((sum, text) => sum + countTokens(text), 0));
  });

  it("holds each character once, verbatim, counted as the prompt shows it, in an order of its own", () => {
    fc.assert(
      fc.property(anyStretches, ({ documents, stretches }) => {
        const set = setOf(stretches);
        const evidence = set.evidence();
        expect(evidence).toHaveLength(set.size);
        expect(evidence.map(({ tokens }) => tokens)).toEqual(tokensOf(set));
        const sent = tokensOf(set).reduce((sum, tokens) => sum + tokens, 0);
        const places = new Set(evidence.map((piece) => `${piece.documentId} ${evidencePlace(piece)}`));
        const isPlaceShared = places.size > new Set(evidence.map(evidencePlace)).size;
        if (isPlaceShared) expect(set.tokens).toBeGreaterThanOrEqual(sent);
        else expect(set.tokens).toBe(sent);
        for (const [i, piece] of evidence.entries()) {
          const source = documents.find(({ passages }) => passages[0]?.documentId === piece.documentId);
          expect(piece.text).toBe(source?.text.slice(piece.start, piece.end));
          expect(piece.passageIds).toContain(piece.passageId);
          const ordinals = piece.passageIds.map((id) => source?.passages.findIndex((each) => each.id === id) ?? -1);
          expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
          for (const other of evidence.slice(i + 1)) {
            if (other.documentId === piece.documentId)
              expect(other.start > piece.end || other.end < piece.start).toBe(true);
          }
        }
        for (const { passages, start, end } of stretches) {
          const holds = (piece: (typeof evidence)[number]) =>
            piece.documentId === passages[0].documentId && piece.start <= start && piece.end >= end;
          expect(evidence.filter(holds)).toHaveLength(1);
        }
      }),
    );
  });

  it("groups the pieces of a document's place, best place first", () => {
    fc.assert(
      fc.property(anyStretches, ({ stretches }) => {
        const evidence = setOf(stretches).evidence();
        const groups = evidence.map((piece) => `${piece.documentId} ${evidencePlace(piece)}`);
        const starts = groups.filter((group, i) => group !== groups[i - 1]);
        expect(new Set(starts).size).toBe(starts.length);
        const bests = starts.map((start) =>
          Math.max(...evidence.filter((_, i) => groups[i] === start).map(({ score }) => score)),
        );
        expect(bests).toEqual(bests.toSorted((a, b) => b - a));
        for (const [i, piece] of evidence.entries()) {
          const next = evidence[i + 1];
          if (next !== undefined && groups[i] === groups[i + 1]) expect(next.start).toBeGreaterThan(piece.end);
        }
      }),
    );
  });

  it("is the same whatever the order in which stretches came", () => {
    fc.assert(
      fc.property(anyStretches, ({ stretches }) => {
        const inOrder = stretches.toSorted((a, b) => a.passages[0].label - b.passages[0].label || a.start - b.start);
        expect(setOf(stretches).evidence()).toEqual(setOf(inOrder).evidence());
      }),
      { numRuns: 300 },
    );
  });
});
