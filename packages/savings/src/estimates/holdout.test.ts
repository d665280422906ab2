import type { DocumentId, HoldoutDraw } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { createHoldoutSums, holdoutClustersMin } from "./holdout.ts";

interface Held {
  readonly taken: HoldoutDraw["taken"];
  readonly document: number;
  /** Nano-dollars; absent: not known. */
  readonly cost?: number;
  /** @defaultValue true */
  readonly isSupported?: boolean;
  /** @defaultValue true */
  readonly isChecked?: boolean;
}

function totalOf(held: readonly Held[]) {
  const sums = createHoldoutSums();
  for (const { taken, document, cost, isSupported = true, isChecked = true } of held) {
    const holdout = { share: 0.5, taken, cluster: `doc_${document}` as DocumentId };
    const usage = { tokens: { ...noTokens, inputFresh: 10 }, source: "provider" as const };
    const verification = { isSupported, score: 1, claims: 1, problems: [], verifierId: "v" };
    sums.add(
      receiptOf({
        ...{ holdout, usage },
        ...(isChecked && { verification }),
        ...(cost !== undefined && { cost: nanoUsd(BigInt(cost)) }),
      }),
    );
  }
  return sums.total();
}

/** `count` documents on each side, `questions` of each, at these costs and a little of their own. */
function sides(count: number, retrieval: number, stuffed: number, spread = 0, questions = 2): Held[] {
  return Array.from({ length: count * questions }, (_, i) => {
    const document = i % count;
    const own = spread * ((document % 5) - 2);
    return [
      { taken: "retrieval" as const, document, cost: retrieval + own },
      { taken: "stuffed" as const, document, cost: stuffed + own },
    ];
  }).flat();
}

it("has nothing to say where nothing was held out", () => {
  const sums = createHoldoutSums();
  sums.add(receiptOf());
  expect(sums.total()).toBeUndefined();
});

it("decides nothing on fewer documents than are needed on each side, however clear it looks", () => {
  const few = totalOf(sides(holdoutClustersMin - 1, 1_000, 90_000));
  expect(few).toMatchObject({
    verdict: "not_established",
    basis: "billed",
    reason: expect.stringContaining("29 documents"),
  });
  expect(few?.savedUsdPerAnswer).toBeUndefined();
  const manyOfOneDocument = totalOf([...sides(1, 1_000, 90_000, 0, 500)]);
  expect(manyOfOneDocument?.verdict).toBe("not_established");
});

it.each([
  { what: "costs more", retrieval: 9_000, stuffed: 1_000, spread: 100, verdict: "costs_more" },
  { what: "the same", retrieval: 5_000, stuffed: 5_000, spread: 900, verdict: "no_measurable_effect" },
])("$what when enough documents say so", ({ retrieval, stuffed, spread, verdict }) => {
  const total = totalOf(sides(40, retrieval, stuffed, spread));
  expect(total?.verdict).toBe(verdict);
  expect(total?.savedUsdPerAnswer?.mean).toBeCloseTo((stuffed - retrieval) / 1e9, 12);
  expect(total?.retrieval).toMatchObject({ answers: 80, clusters: 40, inputTokens: 800, unpricedAnswers: 0 });
});

it("saves when enough answers say so and enough of them are supported", () => {
  const total = totalOf(sides(40, 1_000, 9_000, 100, 10));
  expect(total).toMatchObject({ verdict: "saves", quality: { delta: 0, margin: 0.02, isEstablished: true } });
  expect(total?.quality.lower).toBeGreaterThan(-0.02);
});

it("is no saving where nobody knows whether quality holds, however much cheaper it is", () => {
  const few = totalOf(sides(40, 1_000, 9_000, 100)); // 80 answers a side, all right: the loss may still be 4 points
  expect(few).toMatchObject({ verdict: "not_established", quality: { delta: 0, isEstablished: false } });
  expect(few?.reason).toMatch(/may be as low as -\d\.\d points: more than the margin of 2\.0 points/);
  expect(few?.savedUsdPerAnswer?.low).toBeGreaterThan(0);
  const worse = sides(40, 1_000, 9_000, 100, 10).map((held, i) => ({
    ...held,
    isSupported: held.taken === "stuffed" || i % 8 !== 0,
  }));
  expect(totalOf(worse)).toMatchObject({ verdict: "not_established", quality: { delta: -0.25, isEstablished: false } });
  const unchecked = sides(40, 1_000, 9_000, 100, 10).map((held) => ({ ...held, isChecked: false }));
  expect(totalOf(unchecked)).toMatchObject({ verdict: "not_established", quality: { uncheckedAnswers: 800 } });
});

it("costs more at any quality", () => {
  const better = sides(40, 9_000, 1_000, 100).map((held) => ({ ...held, isSupported: held.taken === "retrieval" }));
  expect(totalOf(better)).toMatchObject({ verdict: "costs_more", quality: { delta: 1, isEstablished: true } });
});

it("establishes nothing while a bill is not known, and counts it", () => {
  const total = totalOf([...sides(40, 1_000, 9_000), { taken: "stuffed", document: 3 }]);
  expect(total).toMatchObject({ verdict: "not_established", stuffed: { unpricedAnswers: 1 } });
});

it("gives the same in any order", () => {
  const held = sides(35, 1_000, 1_400, 300);
  expect(totalOf(held.toReversed())?.verdict).toEqual(totalOf(held)?.verdict);
});
