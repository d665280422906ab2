import type { Attempt, CounterfactualArm, Receipt } from "@larder/contracts";
import { armIds, nanoUsd, noTokens } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concentrationOf } from "./part-sum.ts";
import { summariseSavings } from "./summarise-savings.ts";

const window = { fromMs: 0, toMs: 1_000 };

function cold(ours: { tokens: number; cost: bigint }, theirs: { tokens: number; cost: bigint }): CounterfactualArm {
  return {
    arm: "stuff_cold",
    model: "p/m",
    isFeasible: true,
    tokens: theirs.tokens,
    cost: nanoUsd(theirs.cost),
    basis: "modelled",
    saved: { tokens: theirs.tokens - ours.tokens, cost: nanoUsd(theirs.cost - ours.cost), verdict: "saves" },
  };
}

const doesNotFit: CounterfactualArm = {
  arm: "stuff_cold",
  model: "p/m",
  isFeasible: false,
  tokens: 100_000,
  basis: "modelled",
  saved: { tokens: 95_000, verdict: "capability_only" },
};

const receipt = (counterfactuals: readonly CounterfactualArm[], change: Partial<Receipt> = {}) =>
  receiptOf({ counterfactuals, ...change });

const failedAttempt = (billed: Attempt["billed"]): Attempt => ({
  provider: "p",
  model: "m",
  outcome: "failed_after_text",
  billed,
  startedAtMs: 0,
  totalMs: 1,
});
const brokenOff = (billed: Attempt["billed"], change: Partial<Receipt> = {}) =>
  receipt([], {
    errorCode: "PROVIDER_STREAM_BROKEN",
    route: { reason: "", candidates: [], attempts: [failedAttempt(billed)], priceBookId: "b" },
    ...change,
  });

async function* each(receipts: readonly Receipt[]) {
  yield* receipts;
}
const coldSum = async (...receipts: readonly Receipt[]) => {
  const { arms } = await summariseSavings(window, each(receipts));
  expect(arms.map((entry) => entry.arm)).toEqual(armIds);
  return arms.find((entry) => entry.arm === "stuff_cold");
};
const nothing = {
  answers: 0,
  tokens: { ours: 0, counterfactual: 0, saved: 0 },
  verdict: "not_established",
  basis: "none",
};

describe("summariseSavings", () => {
  it("establishes nothing from no receipts", async () => {
    const summary = await summariseSavings(window, each([]));
    expect(summary.answers).toBe(0);
    for (const arm of summary.arms) {
      expect(arm).toMatchObject({ generated: nothing, extractive: nothing, unknownBills: { answers: 0, costMax: 0n } });
      expect(arm.generated.cost).toBeUndefined();
    }
  });

  it("adds up before it compares", async () => {
    const sum = await coldSum(
      receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]),
      receipt([cold({ tokens: 500, cost: 900n }, { tokens: 100, cost: 100n })]),
    );
    expect(sum).toEqual({
      arm: "stuff_cold",
      capabilityOnlyAnswers: 0,
      generated: {
        answers: 2,
        tokens: { ours: 510, counterfactual: 1_100, saved: 590 },
        cost: { ours: 901n, counterfactual: 200n, saved: -701n },
        verdict: "costs_more",
        basis: "modelled",
      },
      extractive: nothing,
      unknownBills: { answers: 0, costMax: 0n },
    });
  });

  it("keeps what was only modelled apart from what was spent", async () => {
    const arm = [cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })];
    const sum = await coldSum(
      receipt(arm),
      receipt(arm, { basis: "extractive", cost: nanoUsd(0n), costBasis: "modelled" }),
    );
    expect(sum?.generated).toMatchObject({ answers: 1, cost: { ours: 1n, counterfactual: 100n, saved: 99n } });
    expect(sum?.extractive).toMatchObject({ answers: 1, cost: { ours: 1n, saved: 99n }, basis: "modelled" });
  });

  it("keeps answers whose corpus did not fit out of the sums and counts them", async () => {
    const sum = await coldSum(receipt([doesNotFit]), receipt([doesNotFit]));
    expect(sum).toMatchObject({ capabilityOnlyAnswers: 2, generated: { answers: 0, verdict: "capability_only" } });
    expect(sum?.generated.cost).toBeUndefined();
  });

  it("says what an answer that is in no sum rests on, and that nothing rests on nothing", async () => {
    const whole = async (...receipts: readonly Receipt[]) => (await coldSum(...receipts))?.generated.basis;
    expect(await whole(receipt([doesNotFit]))).toBe("modelled"); // a count beside a window: nothing lacks a price
    const { cost: _, ...unpriced } = cold({ tokens: 1, cost: 1n }, { tokens: 2, cost: 2n });
    const unpricedArm = {
      ...unpriced,
      basis: "unpriced" as const,
      saved: { tokens: 1, verdict: "not_established" as const },
    };
    expect(await whole(receipt([unpricedArm]))).toBe("unpriced");
    expect(await whole(receipt([doesNotFit]), receipt([unpricedArm]))).toBe("unpriced");
    const notTried = { ...doesNotFit, saved: { tokens: 0, verdict: "not_established" as const } };
    expect(await whole(receipt([notTried]))).toBe("none");
    expect(await whole(brokenOff("no"))).toBe("none");
  });

  it("counts evidence each time that it is sent, and each piece once beside it", async () => {
    const piece = (text: string, tokens?: number) => ({
      ...{ passageId: "psg_1" as never, textSha256: text, score: 1 },
      ...(tokens !== undefined && { tokens }),
    });
    const turns = [
      receipt([], { hits: [piece("a", 100), piece("b", 50)] }),
      receipt([], { hits: [piece("a", 100), piece("c", 30)] }),
      receipt([], { hits: [piece("a", 100)], knowledgeBaseId: "kb_other" as never }),
      receipt([], { hits: [piece("d", 999)], basis: "extractive" }), // quoted here: nothing was sent
      receipt([], { hits: [piece("e")] }), // from before pieces were counted
    ];
    const { evidence } = await summariseSavings(window, each(turns));
    expect(evidence).toEqual({ answers: 3, sentTokens: 380, uniqueTokens: 280 });
  });

  it("charges answers that broke off", async () => {
    const usage = { tokens: { ...noTokens, inputFresh: 7 }, source: "provider" as const };
    const broken = brokenOff("yes", { cost: nanoUsd(99n), usage });
    const sum = await coldSum(receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]), broken);
    expect(sum?.generated.tokens).toEqual({ ours: 17, counterfactual: 1_000, saved: 983 });
    expect(sum?.generated.cost?.saved).toBe(0n);
    expect(sum?.generated.verdict).toBe("no_measurable_effect");
    expect((await coldSum(broken))?.generated).toMatchObject({ answers: 0, cost: { ours: 99n, saved: -99n } });
  });

  it.each([
    { what: "no limit", worst: undefined, verdict: "not_established" },
    { what: "a limit that could turn the verdict", worst: 99n, verdict: "not_established" },
    { what: "a limit that could not", worst: 98n, verdict: "saves" },
  ])("counts bills that nobody knows, with $what", async ({ worst, verdict }) => {
    const answered = receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]);
    const candidate = { provider: "p", model: "m", isEligible: true, reasons: [], refusals: [] };
    const route = {
      reason: "",
      candidates: [worst === undefined ? candidate : { ...candidate, worstCost: nanoUsd(worst) }],
      attempts: [failedAttempt("unknown")],
      priceBookId: "b",
    };
    const sum = await coldSum(answered, brokenOff("unknown", { route }));
    expect(sum?.generated).toMatchObject({ answers: 1, cost: { ours: 1n, saved: 99n }, basis: "modelled", verdict });
    expect(sum?.unknownBills).toEqual({ answers: 1, ...(worst === undefined ? {} : { costMax: worst }) });
    expect((await coldSum(answered, brokenOff("no")))?.generated.verdict).toBe("saves");
  });

  it("gives the same sums in any order", async () => {
    const one = fc.record({ ours: fc.nat(1e6), theirs: fc.nat(1e6), isQuoted: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (pairs) => {
        const receipts = pairs.map(({ ours, theirs, isQuoted }) =>
          receipt([cold({ tokens: ours, cost: BigInt(ours) }, { tokens: theirs, cost: BigInt(theirs) })], {
            basis: isQuoted ? "extractive" : "generated",
          }),
        );
        expect(await coldSum(...receipts.toReversed())).toEqual(await coldSum(...receipts));
      }),
    );
  });
});

describe("by group", () => {
  const kb = (name: string) => `kb_${name}` as Receipt["knowledgeBaseId"];
  const day = 86_400_000;
  const saving = (saved: bigint) => [cold({ tokens: 10, cost: 10n }, { tokens: 1_000, cost: 10n + saved })];
  const ofModel = (model: string) => ({ chosen: { provider: "p", model }, ...receipt([]).route });
  const receipts = [
    receipt(saving(5n), { headlineArm: "stuff_cold", knowledgeBaseId: kb("a"), route: ofModel("x") }),
    receipt(saving(-9n), {
      headlineArm: "stuff_cold",
      knowledgeBaseId: kb("b"),
      createdAtMs: day,
      route: ofModel("x"),
    }),
    receipt(saving(7n), { headlineArm: "stuff_cold", knowledgeBaseId: kb("a"), createdAtMs: day, route: ofModel("y") }),
  ];

  it.each([
    ["day", ["1970-01-01", 5n], ["1970-01-02", -2n]],
    ["knowledge_base", ["kb_a", 12n], ["kb_b", -9n]],
    ["model", ["p/x", -4n], ["p/y", 7n]],
  ] as const)("adds up by %s to the whole, signed", async (group, ...expected) => {
    const summary = await summariseSavings(window, each(receipts), group);
    const groups = summary.groups ?? [];
    expect(groups.map(({ key, headline }) => [key, headline.cost?.saved])).toEqual(expected);
    expect(groups.reduce((sum, { headline }) => sum + (headline.cost?.saved ?? 0n), 0n)).toBe(
      summary.headline.cost?.saved,
    );
    expect(summary.headline).toMatchObject({ answers: 3, verdict: "saves", basis: "modelled" });
  });

  it("has no groups where none are asked for, and the weakest basis of all", async () => {
    const estimated = receipt(saving(1n), { headlineArm: "stuff_cold", costBasis: "estimated" });
    const summary = await summariseSavings(window, each([...receipts, estimated]));
    expect(summary.groups).toBeUndefined();
    expect(summary.headline.basis).toBe("modelled");
  });
});

describe("the headline of a window", () => {
  it("compares each answer with its own headline arm", async () => {
    const warm = { ...cold({ tokens: 1, cost: 10n }, { tokens: 9, cost: 4n }), arm: "stuff_warm" as const };
    const { headline } = await summariseSavings(
      window,
      each([
        receipt([cold({ tokens: 1, cost: 10n }, { tokens: 9, cost: 90n }), warm], { headlineArm: "stuff_warm" }),
        receipt([cold({ tokens: 1, cost: 10n }, { tokens: 9, cost: 12n })], { headlineArm: "stuff_cold" }),
      ]),
    );
    expect(headline).toMatchObject({ answers: 2, cost: { ours: 20n, counterfactual: 16n, saved: -4n } });
    expect(headline.verdict).toBe("costs_more");
  });

  it("is capability only where nothing fits", async () => {
    const { headline } = await summariseSavings(window, each([receipt([{ ...doesNotFit, arm: "stuff_warm" }])]));
    expect(headline).toMatchObject({ answers: 0, verdict: "capability_only" });
  });
});

describe("the share of the best hundredth", () => {
  it.each([
    ["all alike", Array(200).fill(10), 0.01],
    ["one of few", [100, 0, 0], 1],
    ["losses among them", [100, -50], 2],
    ["one outlier of a hundred", [901, ...Array(99).fill(1)], 0.901],
    ["no saving", [5, -5], undefined],
    ["nothing", [], undefined],
  ])("of %s", (_, saved: readonly number[], share) => {
    expect(concentrationOf(saved)).toEqual(share);
  });

  it("stands in the sums", async () => {
    const saved = [901, ...Array(99).fill(1)].map((each: number) =>
      receipt([cold({ tokens: 1, cost: 0n }, { tokens: 2, cost: BigInt(each) })]),
    );
    expect((await coldSum(...saved))?.generated.concentration).toBeCloseTo(0.901);
  });
});
