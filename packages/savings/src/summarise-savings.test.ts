import type { Attempt, CounterfactualArm, EmbedderId, KnowledgeBaseId, Receipt, ReceiptId } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
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

function receipt(counterfactuals: readonly CounterfactualArm[], change: Partial<Receipt> = {}): Receipt {
  return {
    id: "rcp_0000000000" as ReceiptId,
    knowledgeBaseId: "kb_0000000000" as KnowledgeBaseId,
    createdAtMs: 1,
    basis: "generated",
    isGrounded: true,
    questionSha256: "",
    promptTemplateId: "t",
    retrieverId: "r",
    embedderId: "e" as EmbedderId,
    priceBookId: "b",
    hits: [],
    evidenceTokens: 0,
    corpusTokens: 0,
    tokenCounterId: "o200k",
    route: { reason: "", candidates: [], attempts: [], priceBookId: "b" },
    costBasis: "billed",
    counterfactuals,
    timingsMs: { retrieve: 0, generate: 0, total: 0 },
    ...change,
  };
}

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
  expect(arms.map((entry) => entry.arm)).toEqual(["stuff_cold", "stuff_warm"]);
  return arms[0];
};

describe("summariseSavings", () => {
  it("establishes nothing from no receipts", async () => {
    const summary = await summariseSavings(window, each([]));
    expect(summary.answers).toBe(0);
    expect(summary.arms.every((arm) => arm.verdict === "not_established" && arm.cost === undefined)).toBe(true);
  });

  it("adds up before it compares", async () => {
    const sum = await coldSum(
      receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]),
      receipt([cold({ tokens: 500, cost: 900n }, { tokens: 100, cost: 100n })]),
    );
    expect(sum).toEqual({
      arm: "stuff_cold",
      comparableAnswers: 2,
      capabilityOnlyAnswers: 0,
      tokens: { actual: 510, counterfactual: 1_100, saved: 590 },
      cost: { actual: 901n, counterfactual: 200n, saved: -701n },
      verdict: "costs_more",
      basis: "modelled",
    });
  });

  it("keeps answers whose corpus did not fit out of the sums and counts them", async () => {
    const sum = await coldSum(receipt([doesNotFit]), receipt([doesNotFit]));
    expect(sum).toMatchObject({ comparableAnswers: 0, capabilityOnlyAnswers: 2, verdict: "capability_only" });
    expect(sum?.cost).toBeUndefined();
  });

  it("charges answers that broke off", async () => {
    const usage = { tokens: { ...noTokens, inputFresh: 7 }, source: "provider" as const };
    const sum = await coldSum(
      receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]),
      brokenOff("yes", { cost: nanoUsd(99n), usage }),
    );
    expect(sum?.tokens).toEqual({ actual: 17, counterfactual: 1_000, saved: 983 });
    expect(sum?.cost?.saved).toBe(0n);
    expect(sum?.verdict).toBe("no_measurable_effect");
  });

  it("establishes nothing in money while a broken answer's cost is unknown", async () => {
    const answered = receipt([cold({ tokens: 10, cost: 1n }, { tokens: 1_000, cost: 100n })]);
    expect(await coldSum(answered, brokenOff("unknown"))).toMatchObject({
      verdict: "not_established",
      basis: "unpriced",
    });
    expect(await coldSum(answered, brokenOff("no"))).toMatchObject({ verdict: "saves", basis: "modelled" });
  });

  it("gives the same sums in any order", async () => {
    const one = fc.record({ ours: fc.nat(1e6), theirs: fc.nat(1e6) });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (pairs) => {
        const receipts = pairs.map(({ ours, theirs }) =>
          receipt([cold({ tokens: ours, cost: BigInt(ours) }, { tokens: theirs, cost: BigInt(theirs) })]),
        );
        expect(await coldSum(...receipts.toReversed())).toEqual(await coldSum(...receipts));
      }),
    );
  });
});
