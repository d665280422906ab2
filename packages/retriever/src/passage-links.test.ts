import type { StoredPassage } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutDocument, sentenceReader, tokenMatcher } from "../test/cut-document.ts";
import { matchPassages } from "./late-interaction.ts";
import { addLinks, linkStrength, nameOf, saysName, unwrapped, withName } from "./passage-links.ts";
import type { RankedPassage } from "./stretch.ts";

const ports = { tokenMatcher, sentenceReader };
const question = "Where was the director of Orange Eats Creeps born?";

const passage = (label: number, title: string, text: string): StoredPassage => {
  const [first] = cutDocument(`d${label}`, [{ text }], label, title).passages;
  if (first === undefined) throw new Error("a document without passages");
  return first;
};
const rankedBy = (scores: readonly number[], passages: readonly StoredPassage[]): RankedPassage[] =>
  passages.map((each, i) => ({ passage: each, score: scores[i] ?? 0, scores: {} }));

const film = passage(1, "Orange Eats Creeps", "Orange Eats Creeps is a film by Ada Mallory.");
const other = passage(2, "Creeps", "Orange and creeps are words.");
const director = passage(3, "Ada Mallory", "She was born in Columbus.");
const director2 = passage(4, "Bea Mallory", "She was born in Columbus.");
const all = [film, other, director, director2];
const strength = (a: StoredPassage, b: StoredPassage) => linkStrength(withName(a), withName(b));
const link = (passages: readonly StoredPassage[], scores: readonly number[], weight = 0.4) =>
  addLinks(rankedBy(scores, passages), matchPassages(question, passages, ports), weight);

describe("addLinks", () => {
  it("lifts what a best passage names and what answers the rest of the question, and says by how much", () => {
    const linked = link(all, [0.9, 0.32, 0.3, 0.3]);
    expect(linked.map(({ passage: { label } }) => label)).toEqual([1, 3, 2, 4]);
    const [, second, , last] = linked;
    expect(second?.scores.link).toBeGreaterThan(0.1);
    expect(second?.score).toBeCloseTo(0.3 + 0.4 * (second?.scores.link ?? 0));
    expect(last).toMatchObject({ score: 0.3, scores: {} });
  });

  it("lifts what names a best passage half as much", () => {
    const named = passage(5, "Life of a director", "Orange Eats Creeps has a director. She was born in Columbus.");
    const naming = passage(6, "Orange Eats Creeps 2", "Orange Eats Creeps has a director. She was born in Columbus.");
    expect(strength(film, named)).toBe(0.5);
    expect(strength(passage(7, "x", "Life of a director"), named)).toBe(1);
    expect(strength(film, naming)).toBe(0.5);
  });

  it("links no passages of one document or of one name", () => {
    const cut = cutDocument("d9", [{ text: "Ada Mallory" }, { text: "Ada Mallory again" }], 9, "Ada Mallory").passages;
    for (const a of cut) for (const b of cut) expect(strength(a, b)).toBe(0);
    expect(strength(passage(10, "Ada (film)", "Ada"), passage(11, "Ada", "Ada"))).toBe(0);
  });

  it("adds nothing for what says only what the best passage says already", () => {
    const same = passage(3, "Ada Mallory", "Orange Eats Creeps");
    const linked = link([film, same], [0.9, 0.3]);
    expect(linked[1]).toMatchObject({ score: 0.3, scores: {} });
  });

  it("keeps scores to 1 without changing their order", () => {
    const linked = link(all, [1, 0.99, 0.98, 0.3], 1);
    expect(linked[0]?.passage.label).toBe(3);
    expect(linked[0]?.score).toBe(1);
    expect(linked[1]?.score).toBeLessThan(1);
  });

  it("changes nothing with weight 0, without links, and among none or one", () => {
    expect(link(all, [0.9, 0.5, 0.3, 0.3], 0)).toEqual(rankedBy([0.9, 0.5, 0.3, 0.3], all));
    expect(link([other, director], [0.9, 0.5])).toEqual(rankedBy([0.9, 0.5], [other, director]));
    expect(link([film], [0.9])).toEqual(rankedBy([0.9], [film]));
    expect(link([], [])).toEqual([]);
  });

  it("keeps every passage once, best first, with scores and links of 0 to 1, whatever names what", () => {
    const names = ["Orange Eats Creeps", "Ada Mallory", "Columbus", "notes"];
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const said = fc.array(fc.constantFrom(...names, "was born in", "the director of"), { maxLength: 5 });
    const drawn = fc.array(fc.record({ title: fc.constantFrom(...names), said, score: share }), { maxLength: 8 });
    fc.assert(
      fc.property(drawn, share, (all, weight) => {
        const passages = all.map(({ title, said: words }, i) => passage(i + 1, title, `${words.join(" ")}.`));
        const scores = all.map(({ score }) => score).toSorted((a, b) => b - a);
        const linked = link(passages, scores, weight);
        expect(new Set(linked.map(({ passage: { label } }) => label)).size).toBe(passages.length);
        for (const [i, { score, scores: parts }] of linked.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(Math.min(1, linked[i - 1]?.score ?? 1));
          expect(parts.link ?? 1).toBeGreaterThan(0);
          expect(parts.link ?? 1).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("saysName", () => {
  it.each([
    ["a film by Ada Mallory.", "Ada Mallory", true],
    ["a film by ada mallory.", "Ada Mallory", false],
    ["Adas film", "Ada", false],
    ["Cañada, then Ada", "Ada", true],
    ["“Ada”", "Ada", true],
    ["北京大学成立于1898年", "北京", true],
    ["", "Ada", false],
  ])("in %j finds %j: %s", (text, name, isSaid) => expect(saysName(text, name)).toBe(isSaid));
});

describe("nameOf", () => {
  it.each([
    ["Ada", "Ada"],
    ["Lilu (mythology)", "Lilu"],
    ["Go (programming language) ", ""],
    ["3D printing", "3D printing"],
    ["北京", "北京"],
    ["notes", ""],
    ["1984", ""],
    ["(What's the Story)", ""],
    ["Ada)", "Ada"],
    ["Ada (film))", "Ada"],
    ["Ada (film (2005))", "Ada"],
    ["Ada (film) (2005)", "Ada (film)"],
    ["Ada (film", "Ada (film"],
    ["Ada (film) II", "Ada (film) II"],
    [")))", ""],
    ["", ""],
  ])("%j gives %j", (title, name) => expect(nameOf(title)).toBe(name));
});

it("reads a name over the end of a line, but not over the end of a paragraph", () => {
  expect(saysName(unwrapped("a novel from Two Dollar\n  Radio, sold"), "Two Dollar Radio")).toBe(true);
  expect(saysName(unwrapped("from Two Dollar\n\nRadio"), "Two Dollar Radio")).toBe(false);
});
