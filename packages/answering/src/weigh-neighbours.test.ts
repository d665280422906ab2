import type { NearQuestion, QuestionOutcome } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weighNeighbours } from "./weigh-neighbours.ts";

const nowMs = 1_800_000_000_000;
const terms = { task: "answering", nowMs, similarityMin: 0.4 } as const;
const said = (model: string, isGood: boolean, more: Partial<QuestionOutcome> = {}): QuestionOutcome => ({
  ...{ provider: "acme", model, task: "answering", isGood, weight: 0.5, source: "verdict" },
  ...more,
});
const near = (similarity: number, ...outcomes: readonly QuestionOutcome[]): NearQuestion => ({
  ...{ similarity, outcomes, atMs: nowMs },
});

describe("what near questions say of models", () => {
  it("by hand: a vote by nearness, from none at the least similarity to a whole one", () => {
    const weighed = weighNeighbours(
      [near(0.525, said("m", false)), near(0.9, said("m", true)), near(0.4, said("n", true))],
      terms,
    );
    expect(weighed).toEqual({
      count: 2,
      similarity: 0.9,
      outcomes: [{ provider: "acme", model: "m", good: 0.5, bad: 0.25 }],
    });
  });

  it("is nothing where nothing is near, or what is near was another task", () => {
    expect(weighNeighbours([], terms)).toBeUndefined();
    expect(weighNeighbours([near(0.39, said("m", true))], terms)).toBeUndefined();
    expect(weighNeighbours([near(0.9, said("m", true, { task: "json" }))], terms)).toBeUndefined();
  });

  it("halves in two weeks", () => {
    const old = { ...near(0.9, said("m", false, { weight: 3 })), atMs: nowMs - 14 * 86_400_000 };
    expect(weighNeighbours([old], terms)?.outcomes[0]?.bad).toBe(1.5);
  });

  it("does not depend on the order, and a further failure adds to nobody's successes", () => {
    const outcome = fc.record({ model: fc.constantFrom("a", "b", "c"), isGood: fc.boolean() });
    const question = fc
      .record({
        similarity: fc.double({ min: -1, max: 1, noNaN: true }),
        outcomes: fc.array(outcome, { maxLength: 3 }),
      })
      .map(({ similarity, outcomes }) => near(similarity, ...outcomes.map(({ model, isGood }) => said(model, isGood))));
    fc.assert(
      fc.property(fc.array(question, { maxLength: 8 }), question, (questions, next) => {
        const failures = { ...next, outcomes: next.outcomes.map((each) => ({ ...each, isGood: false })) };
        const before = weighNeighbours(questions, terms);
        const after = weighNeighbours([failures, ...questions], terms);
        expect(weighNeighbours([...questions, failures].reverse(), terms)?.count).toBe(after?.count);
        for (const { model, good, bad } of before?.outcomes ?? []) {
          const now = after?.outcomes.find((each) => each.model === model);
          expect(now?.good).toBeCloseTo(good, 2);
          expect(now?.bad ?? 0).toBeGreaterThanOrEqual(bad - 1e-3);
        }
      }),
    );
  });

  it("tells of four models at most, those that most is known of", () => {
    const many = Array.from({ length: 12 }, (_, i) => said(`m${i}`, true, { weight: i + 1 }));
    const outcomes = weighNeighbours([near(0.9, ...many)], terms)?.outcomes ?? [];
    expect(outcomes.map(({ model }) => model)).toEqual(["m11", "m10", "m9", "m8"]);
  });
});
