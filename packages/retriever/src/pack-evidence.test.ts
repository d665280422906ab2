import { evidenceTexts } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Piece } from "../test/cut-document.ts";
import { anyDocuments, countTokens, cutDocument, ranked, sentenceReader } from "../test/cut-document.ts";
import type { BudgetLimits, PackedEvidence } from "./pack-evidence.ts";
import { packPassages, packSentences } from "./pack-evidence.ts";
import type { ScoredSentence } from "./score-sentences.ts";
import type { RankedPassage } from "./stretch.ts";

const generous = {
  tokenBudget: 10_000,
  limit: 100,
  autoTokensMin: 0,
  autoTokensMax: 4_000,
  autoRecall: 0.95,
  countTokens,
};
const nothing = { evidence: [], tokens: 0 };
const sentTokens = ({ evidence }: PackedEvidence) =>
  evidenceTexts(evidence).reduce((sum, text) => sum + countTokens(text), 0);
const textsOf = ({ evidence }: PackedEvidence) => evidence.map(({ text }) => text);
const fillers = [
  "Between the sentences that are wanted stands one of so many words that a gap is left open.",
  "Nobody asks for what is said here, at such length, by a writer who was paid for each line.",
];

/** Sentences of passages with the given odds, best first, as scoring would give them. */
function scored(passages: readonly RankedPassage[], oddsOf: (sentence: string, index: number) => number) {
  const all = passages.flatMap((passage) =>
    sentenceReader.read(passage.passage.text).map((sentence) => ({ passage, sentence })),
  );
  const odds = all.map(({ passage, sentence }, i) =>
    oddsOf(passage.passage.text.slice(sentence.start, sentence.end), i),
  );
  const sum = odds.reduce((total, each) => total + each, 0);
  return all
    .map((each, i): ScoredSentence => ({ ...each, score: odds[i] ?? 0, share: (odds[i] ?? 0) / (sum || 1) }))
    .toSorted((a, b) => b.score - a.score);
}
const oneDocument = (pieces: readonly Piece[], name = "a", firstLabel = 1) =>
  cutDocument(name, pieces, firstLabel).passages.map((passage) => ranked(passage, 0.5));
/** Sentences in the order in which they are named; those that are not named are no candidates. */
const inOrder = (passages: readonly RankedPassage[], ...texts: readonly string[]) =>
  scored(passages, (sentence) => texts.length - texts.indexOf(sentence)).filter(({ score }) => score <= texts.length);

const searched = anyDocuments.chain((documents) => {
  const passages = documents.flatMap((each) => each.passages);
  return fc.record({
    documents: fc.constant(documents),
    found: fc
      .array(fc.integer({ min: -3, max: 10 }), { minLength: passages.length, maxLength: passages.length })
      .map((scores) =>
        passages.flatMap((passage, i) => ((scores[i] ?? -1) < 0 ? [] : [ranked(passage, (scores[i] ?? 0) / 10)])),
      ),
    odds: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 40, maxLength: 40 }),
    tokenBudget: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 250 })),
    limit: fc.integer({ min: 1, max: 6 }),
    perDocument: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  });
});
type Searched = typeof searched extends fc.Arbitrary<infer Value> ? Value : never;
const limitsOf = ({ tokenBudget, limit, perDocument }: Searched): BudgetLimits => ({
  ...generous,
  tokenBudget,
  limit,
  ...(perDocument === undefined ? {} : { limitPerDocument: perDocument }),
});

/** What holds for whatever was packed of whatever was found. */
function expectSound({ documents, limit, perDocument }: Searched, packed: PackedEvidence): void {
  const { evidence } = packed;
  expect(packed.tokens).toBe(evidence.reduce((sum, { tokens }) => sum + tokens, 0));
  expect(packed.tokens).toBe(sentTokens(packed));
  expect(evidence.length).toBeLessThanOrEqual(limit);
  for (const [i, piece] of evidence.entries()) {
    const source = documents.find(({ passages }) => passages[0]?.documentId === piece.documentId);
    const ofDocument = evidence.filter(({ documentId }) => documentId === piece.documentId);
    expect(ofDocument.length).toBeLessThanOrEqual(perDocument ?? limit);
    expect(piece.text).toBe(source?.text.slice(piece.start, piece.end));
    expect(piece.text).not.toBe("");
    expect(piece.passageIds).toContain(piece.passageId);
    for (const other of evidence.slice(i + 1)) {
      if (other.documentId === piece.documentId) expect(other.start > piece.end || other.end < piece.start).toBe(true);
    }
  }
}

describe("packPassages", () => {
  it("packs nothing from nothing", () => {
    expect(packPassages([], generous)).toEqual(nothing);
  });

  it("packs whole passages, joins neighbours and ends where one more would be a piece too many", () => {
    const [one, two, three, four, five] = cutDocument(
      "a",
      ["One.", "Two.", "Three.", "Four.", "Five."].map((text) => ({ text })),
      1,
    ).passages;
    const found = [ranked(one, 0.9), ranked(three, 0.8), ranked(two, 0.7), ranked(five, 0.6), ranked(four, 0.5)];
    expect(textsOf(packPassages(found.slice(0, 2), generous))).toEqual(["One.", "Three."]);
    expect(textsOf(packPassages(found, generous))).toEqual(["One.\nTwo.\nThree.\nFour.\nFive."]);
    expect(textsOf(packPassages(found, { ...generous, limit: 1 }))).toEqual(["One."]);
    expect(packPassages(found.slice(0, 3), generous).evidence[0]).toMatchObject({ passageId: "psg_a0", score: 0.9 });
  });

  it("passes over a document that has its pieces already", () => {
    const a = oneDocument([{ text: "Alpha one." }, { text: "x" }, { text: "Alpha two." }], "a", 1);
    const b = oneDocument([{ text: "Beta." }], "b", 10);
    const found = [a[0], a[2], b[0]].map((each, i) => ranked(each?.passage, 0.9 - i / 10));
    const packed = packPassages(found, { ...generous, limitPerDocument: 1 });
    expect(textsOf(packed)).toEqual(["Alpha one.", "Beta."]);
  });

  it("is sound, whatever is found, and does not depend on the order in which it was found", () => {
    fc.assert(
      fc.property(searched, (search) => {
        const packed = packPassages(search.found, limitsOf(search));
        expectSound(search, packed);
        expect(packPassages(search.found.toReversed(), limitsOf(search))).toEqual(packed);
        const best = search.found.toSorted((a, b) => b.score - a.score || a.passage.label - b.passage.label)[0];
        if (best !== undefined)
          expect(packed.evidence.flatMap(({ passageIds }) => passageIds)).toContain(best.passage.id);
      }),
    );
  });
});

describe("packSentences", () => {
  it("packs nothing from nothing and says so", () => {
    const budget = { asked: 10_000, tokensMax: 10_000, predictedRecall: 0 };
    expect(packSentences([], generous)).toEqual({ ...nothing, budget });
    const auto = packSentences([], { ...generous, tokenBudget: "auto" });
    expect(auto.budget).toEqual({ asked: "auto", tokensMax: 4_000, predictedRecall: 0 });
  });

  it("takes the best sentences that fit and passes over what does not for something smaller", () => {
    const passages = oneDocument([{ text: `Best one. ${fillers[0]} Small. ${fillers[1]} Tiny.` }]);
    const sentences = inOrder(passages, "Best one.", fillers[0] ?? "", "Small.", "Tiny.");
    const packed = packSentences(sentences, { ...generous, tokenBudget: 20 });
    expect(textsOf(packed)).toEqual(["Best one.", "Small.", "Tiny."]);
    expect(packed.tokens).toBeLessThanOrEqual(20);
    expect(textsOf(packSentences(sentences, generous))).toEqual([`Best one. ${fillers[0]} Small.`, "Tiny."]);
  });

  it("fills a gap that costs less than a piece of its own", () => {
    const passages = oneDocument([{ text: "First it is. So. Then it was." }]);
    expect(textsOf(packSentences(inOrder(passages, "First it is.", "Then it was."), generous))).toEqual([
      "First it is. So. Then it was.",
    ]);
  });

  it("sends no fence and no rule of a table for itself", () => {
    const passages = oneDocument([{ text: "```sh" }, { text: "|---|---|" }, { text: "Larder keeps food." }]);
    const sentences = inOrder(passages, "```sh", "|---|---|", "Larder keeps food.");
    const packed = packSentences(sentences, { ...generous, tokenBudget: 40 });
    expect(textsOf(packed)).toEqual(["Larder keeps food."]);
  });

  it("sends a repeated sentence once and counts its share as held", () => {
    const repeated = "Honey does not spoil when it is kept dry and closed.";
    const a = oneDocument([{ text: repeated }, { text: "Flour does." }], "a", 1);
    const b = oneDocument([{ text: `${repeated.replace("Honey", "HONEY").replace("dry", "dry,")} Oil too.` }], "b", 10);
    const sentences = scored([...a, ...b], (text) => (/^honey/i.test(text) ? 4 : 1));
    const packed = packSentences(sentences, generous);
    expect(textsOf(packed).filter((text) => /honey/i.test(text))).toHaveLength(1);
    expect(packed.budget.predictedRecall).toBeCloseTo(1);
  });

  it("sends short sentences and those with other words though much be the same", () => {
    const passages = [
      ...oneDocument([{ text: "Yes, it does." }], "a", 1),
      ...oneDocument([{ text: "Yes, it does." }], "b", 10),
      ...oneDocument([{ text: "The first jar of honey was opened by a bear in May." }], "c", 20),
      ...oneDocument([{ text: "The other jar of honey was opened by a child in June." }], "d", 30),
    ];
    expect(
      packSentences(
        scored(passages, () => 1),
        generous,
      ).evidence,
    ).toHaveLength(4);
  });

  it("keeps to the pieces of all and of one document", () => {
    const pieces = ["Alpha.", "x", "Beta.", "x", "Gamma."].map((text) => ({ text }));
    const passages = [...oneDocument(pieces, "a", 1), ...oneDocument([{ text: "Delta." }], "b", 10)];
    const sentences = inOrder(passages, "Alpha.", "Beta.", "Gamma.", "Delta.");
    expect(textsOf(packSentences(sentences, { ...generous, limit: 2 }))).toEqual(["Alpha.", "Beta."]);
    expect(textsOf(packSentences(sentences, { ...generous, limitPerDocument: 1 }))).toEqual(["Alpha.", "Delta."]);
  });

  it("says each place once, with its page", () => {
    const text = `Alpha. ${fillers[0]} Beta.`;
    const passages = oneDocument([{ text, headings: ["Part"], page: 7 }]);
    const packed = packSentences(inOrder(passages, "Beta.", "Alpha."), generous);
    expect(evidenceTexts(packed.evidence)).toEqual(["[1] Title a > Part, page 7\nAlpha.\n", "[2] Beta.\n"]);
    expect(packed.evidence.map(({ page }) => page)).toEqual([7, 7]);
  });

  it("cuts the best at a word when nothing fits, and gives nothing when no word does", () => {
    const passages = oneDocument([{ text: "Lead in. " }, { text: fillers[0] ?? "", lead: "" }]);
    const sentences = inOrder(passages, fillers[0] ?? "");
    const packed = packSentences(sentences, { ...generous, tokenBudget: 14 });
    expect(packed.evidence).toHaveLength(1);
    expect(packed.evidence[0]?.text).toMatch(/^Between the \w+/);
    expect(fillers[0]).toContain(`${packed.evidence[0]?.text} `);
    expect(packed.tokens).toBeLessThanOrEqual(14);
    expect(packed.budget.predictedRecall).toBe(0);
    expect(packSentences(sentences, { ...generous, tokenBudget: 1 })).toMatchObject(nothing);
  });

  it("takes by itself no more than its share and its largest budget", () => {
    const passages = oneDocument([
      { text: `Best one. ${fillers[0]} Good two.`, headings: ["A"] },
      { text: `${fillers[1]} Weak three.`, headings: ["B"] },
    ]);
    const share = (text: string) =>
      text === "Best one." ? 90 : text === "Good two." ? 6 : text === "Weak three." ? 4 : 0;
    const sentences = scored(passages, share).filter(({ score }) => score > 0);
    const auto = { ...generous, tokenBudget: "auto" } as const;
    const packed = packSentences(sentences, auto);
    expect(textsOf(packed)).toEqual(["Best one.", "Good two."]);
    expect(packed.budget).toEqual({ asked: "auto", tokensMax: 4_000, predictedRecall: expect.closeTo(0.96) });
    expect(textsOf(packSentences(sentences, { ...auto, autoRecall: 1 }))).toHaveLength(3);
    expect(textsOf(packSentences(sentences, { ...auto, autoRecall: 0.9 }))).toEqual(["Best one."]);
    const small = packSentences(sentences, { ...auto, autoTokensMin: 0, autoTokensMax: 15 });
    expect(small.tokens).toBeLessThanOrEqual(15);
    expect(small.budget.tokensMax).toBe(15);
  });

  it("is sound and within the budget, whatever is found", () => {
    fc.assert(
      fc.property(searched, (search) => {
        const sentences = scored(search.found, (_, i) => search.odds[i % 40] ?? 0);
        const packed = packSentences(sentences, limitsOf(search));
        expectSound(search, packed);
        expect(sentTokens(packed)).toBeLessThanOrEqual(search.tokenBudget);
        const { predictedRecall } = packed.budget;
        expect(predictedRecall).toBeGreaterThanOrEqual(0);
        expect(predictedRecall).toBeLessThanOrEqual(1);
        expect(packSentences(structuredClone(sentences), limitsOf(search))).toEqual(packed);
      }),
      { numRuns: 400 },
    );
  });

  it("gives no lone sign for the best, though it be cheap", () => {
    const found = oneDocument([{ text: "." }, { text: "Honey never spoils." }]);
    const sentences = inOrder(found, ".", "Honey never spoils.");
    expect(textsOf(packSentences(sentences, generous))).toEqual(["Honey never spoils."]);
    expect(packSentences(sentences.slice(0, 1), generous)).toMatchObject(nothing);
  });

  it("gives the best sentence whenever it fits by itself", () => {
    fc.assert(
      fc.property(searched, (search) => {
        const sentences = scored(search.found, (_, i) => search.odds[i % 40] ?? 0);
        const best = sentences.find(({ passage: { passage }, sentence: { start, end } }) =>
          /[\p{L}\p{N}]/u.test(passage.text.slice(start, end)),
        );
        if (best === undefined) return;
        const alone = packSentences([best], { ...limitsOf(search), tokenBudget: 10_000 });
        if (alone.tokens > search.tokenBudget) return;
        const { evidence } = packSentences(sentences, limitsOf(search));
        const start = best.passage.passage.start + best.sentence.start;
        const holds = evidence.some(
          (piece) =>
            piece.documentId === best.passage.passage.documentId &&
            piece.start <= start &&
            piece.end >= start + best.sentence.end - best.sentence.start,
        );
        expect(holds).toBe(true);
      }),
    );
  });

  it("keeps by itself the fewest of the best sentences whose shares hold what was asked", () => {
    fc.assert(
      fc.property(searched, fc.double({ min: 0.05, max: 1, noNaN: true }), (search, autoRecall) => {
        const sentences = scored(search.found, (_, i) => 1 + (search.odds[i % 40] ?? 0));
        const limits = { ...limitsOf(search), tokenBudget: "auto", autoTokensMax: search.tokenBudget } as const;
        const whole = packSentences(sentences, { ...limits, autoRecall: 1 });
        const kept = packSentences(sentences, { ...limits, autoRecall });
        expectSound(search, kept);
        expect(sentTokens(kept)).toBeLessThanOrEqual(search.tokenBudget);
        expect(kept.budget.predictedRecall).toBeLessThanOrEqual(whole.budget.predictedRecall + 1e-9);
        expect(kept.budget.predictedRecall).toBeGreaterThanOrEqual(autoRecall * whole.budget.predictedRecall - 1e-9);
        for (const piece of kept.evidence) {
          const holds = whole.evidence.some(
            ({ documentId, start, end }) => documentId === piece.documentId && start <= piece.start && end >= piece.end,
          );
          expect(holds).toBe(true);
        }
      }),
    );
  });
});
