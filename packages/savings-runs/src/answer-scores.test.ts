import { describe, expect, it } from "vitest";
import { containsAnswer, foldAnswer, isExactMatch } from "./answer-scores.ts";
import { scoreEvidence } from "./evidence-scores.ts";

describe("answers", () => {
  it.each([
    ["The 90 days.", ["90 days"], true, true],
    ["Ninety days", ["90 days"], false, false],
    ["It is 90 days [1].", ["90 days"], false, true],
    ["It is 1990 days.", ["90 days"], false, false],
    ["Größe: 3", ["grösse 3", "größe 3"], true, true],
    ["", ["x"], false, false],
    ["anything", [""], false, false],
  ])("%j for %j: exact %s, contained %s", (answer, right, isExact, isContained) => {
    expect(isExactMatch(answer, right)).toBe(isExact);
    expect(containsAnswer(answer, right)).toBe(isContained);
  });

  it("are folded without marks, articles and citations", () => {
    expect(foldAnswer(" The  Cat, [12] sat! ")).toBe("cat sat");
  });
});

describe("evidence", () => {
  const piece = (documentId: string, start: number, end: number) => ({
    ...{ documentId, start, end, title: "" },
    text: "x".repeat(end - start),
  });
  const gold = [
    { documentId: "a", start: 10, end: 20 },
    { documentId: "b", start: 0, end: 10 },
  ];

  it("counts each gold character once and each sent character as often as it is sent", () => {
    const scores = scoreEvidence({ gold, answers: [] }, [piece("a", 0, 15), piece("a", 5, 15), piece("b", 5, 30)]);
    expect(scores).toEqual({ recall: 10 / 20, precision: 10 / 50 });
  });

  it("looks for the answer's words where no span is known", () => {
    const pieces = [{ ...piece("a", 0, 0), text: "Oil goes rancid after 90 days." }];
    expect(scoreEvidence({ gold: [], answers: ["90 days"] }, pieces)).toEqual({ recall: 1 });
    expect(scoreEvidence({ gold: [], answers: ["9 days"] }, pieces)).toEqual({ recall: 0 });
  });

  it("knows nothing without gold and answers, and finds nothing in nothing", () => {
    expect(scoreEvidence({ gold: [], answers: [] }, [])).toBeUndefined();
    expect(scoreEvidence({ gold, answers: [] }, [])).toEqual({ recall: 0, precision: 0 });
  });
});
