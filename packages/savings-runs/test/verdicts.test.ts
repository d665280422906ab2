import { nanoUsd } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armReport } from "../src/arm-report.ts";
import type { CompareOptions } from "../src/compare-arms.ts";
import { compareArms, concentration } from "../src/compare-arms.ts";
import { decideVerdict } from "../src/decide-verdict.ts";
import { atEqualQuality } from "../src/equal-quality.ts";
import type { Figures } from "../src/figures.ts";
import { askerOf, conduct, goldArm, portsOf, registrationOf, setOf } from "./open-run.ts";

const options: CompareOptions = { margin: 0.1, seed: 1, isComplete: true, resamples: 500 };
const questions = setOf(200, 40).questions;
const figuresOf = (
  arm: Figures["arm"],
  cost: readonly number[],
  quality: readonly number[],
  change: Partial<Figures> = {},
): Figures => ({
  ...{ arm, budget: null, questions, quality, cost, tokens: cost, totalMs: cost },
  ...{ costByRun: undefined, observations: [] },
  ...change,
});
const each = (value: (i: number) => number) => questions.map((_, i) => value(i));
const right = each(() => 1);
const cost = each((i) => 100 + (i % 9));

describe("an arm against itself", () => {
  it("saves exactly 0, with no measurable effect", () => {
    const self = compareArms(figuresOf("larder", cost, right), figuresOf("stuff_cached", cost, right), options);
    expect(self.verdict).toBe("no_measurable_effect");
    expect(self.savings).toMatchObject({
      tokens: { ratio: 0, ci: [0, 0] },
      usd: { ratio: 0 },
      usd_total: "0.000000000",
      latency: { ratio: 0 },
    });
  });
});

describe("a verdict", () => {
  const half = cost.map((value) => value / 2);
  it("is saves where quality surely holds, and costs_more at any quality", () => {
    expect(compareArms(figuresOf("larder", half, right), figuresOf("stuff_cold", cost, right), options).verdict).toBe(
      "saves",
    );
    const worse = each((i) => (i % 2 === 0 ? 1 : 0));
    expect(compareArms(figuresOf("larder", cost, worse), figuresOf("stuff_cold", half, right), options).verdict).toBe(
      "costs_more",
    );
    expect(compareArms(figuresOf("larder", half, worse), figuresOf("stuff_cold", cost, right), options).verdict).toBe(
      "not_established",
    );
  });

  it("is none while the run is not finished", () => {
    const unfinished = { ...options, isComplete: false };
    expect(
      compareArms(figuresOf("larder", half, right), figuresOf("stuff_cold", cost, right), unfinished).verdict,
    ).toBe("not_established");
  });

  it("sees nothing within what the other arm differs from run to run, nor below half a percent", () => {
    const ours = figuresOf(
      "larder",
      cost.map((value) => 0.95 * value),
      right,
    );
    const noisy = figuresOf("stuff_cold", cost, right, { costByRun: [90, 100, 110] });
    expect(compareArms(ours, noisy, options).verdict).toBe("no_measurable_effect");
    const steady = figuresOf("stuff_cold", cost, right, { costByRun: [100, 100, 101] });
    expect(compareArms(ours, steady, options).verdict).toBe("saves");
    const hardly = figuresOf(
      "larder",
      cost.map((value) => 0.998 * value),
      right,
    );
    expect(compareArms(hardly, steady, options).verdict).toBe("no_measurable_effect");
  });

  it("is decided by tokens where something has no price", () => {
    const unpriced = figuresOf("larder", half, right, { cost: undefined });
    const compared = compareArms(unpriced, figuresOf("stuff_cold", cost, right), options);
    expect(compared).toMatchObject({ decided_by: "tokens", verdict: "saves", savings: { usd: null, usd_total: null } });
  });

  it("is not established for one document, however many questions", () => {
    const one = questions.map((question) => ({ ...question, cluster: "only" }));
    const [ours, theirs] = [
      figuresOf("larder", half, right, { questions: one }),
      figuresOf("stuff_cold", cost, right, { questions: one }),
    ];
    expect(compareArms(ours, theirs, options).verdict).toBe("not_established");
    const self = figuresOf("stuff_cached", half, right, { questions: one });
    expect(compareArms(ours, self, options).verdict).toBe("no_measurable_effect");
  });

  it("knows no bound of one document's quality, and claims nothing at equal quality from it", () => {
    const one = questions.map((question) => ({ ...question, cluster: "only" }));
    const ours = figuresOf("larder", half, right, { questions: one });
    expect(armReport(ours, "contains", 1).quality).toMatchObject({ value: 1, ci: [null, null] });
    const theirs = figuresOf("stuff_cold", cost, right, { questions: one });
    expect(atEqualQuality([ours], [theirs], { margin: 0.02, seed: 1, isComplete: true })).toMatchObject({
      our_budget_tok: null,
      usd_ratio: null,
    });
    const [low, high] = armReport(figuresOf("larder", half, right), "contains", 1).quality.ci;
    expect([low, high]).toEqual([expect.closeTo(0.98, 2), 1]); // 200 right answers are no proof of all
  });

  it("always says why", () => {
    const bounds = fc.double({ min: -3, max: 1, noNaN: true });
    fc.assert(
      fc.property(bounds, bounds, bounds, fc.boolean(), (a, b, lower, isComplete) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const saved = { share: (low + high) / 2, low, high, sureLow: low, sureHigh: high };
        const nonInferiority = { delta: lower, lower, upper: 1, isEstablished: lower > -0.02 };
        const { verdict, because } = decideVerdict({ isComplete, nonInferiority, margin: 0.02, saved });
        expect(because).toMatch(/\.$/);
        if (verdict === "saves") expect(low > 0 && lower > -0.02 && isComplete).toBe(true);
        if (verdict === "costs_more") expect(high).toBeLessThan(0);
      }),
    );
  });
});

it("does not depend on the order of the questions", () => {
  const quality = each((i) => (i % 10 === 0 ? 0 : 1));
  const ours = figuresOf(
    "larder",
    each((i) => 50 + (i % 13)),
    quality,
  );
  const theirs = figuresOf("stuff_cold", cost, right);
  const whole = compareArms(ours, theirs, options);
  const turned = (figures: Figures): Figures => ({
    ...figures,
    questions: figures.questions.toReversed(),
    quality: figures.quality.toReversed(),
    cost: figures.cost?.toReversed(),
    tokens: figures.tokens.toReversed(),
    totalMs: figures.totalMs?.toReversed(),
  });
  const reversed = compareArms(turned(ours), turned(theirs), options);
  expect(reversed.savings?.usd?.ratio).toBe(whole.savings?.usd?.ratio);
  expect(reversed.noninferior).toMatchObject({ only_theirs: 20, both_right: 180 });
  expect(reversed.verdict).toBe(whole.verdict);
});

it("tells how much of the saving one question in a hundred makes, and nothing of a loss", () => {
  expect(concentration([...Array<number>(99).fill(1), 901])).toBe(0.901);
  expect(concentration(Array<number>(200).fill(2))).toBeCloseTo(0.01);
  expect(concentration([-5, 2])).toBeNull();
});

it("measures a judge by asking it twice: agreement and kappa, its cost beside the savings", async () => {
  const set = setOf(100, 20);
  const registration = registrationOf(set, { metric: "judge", judge: "acme/judge", judgedTwice: 1, arms: ["larder"] });
  const judge = askerOf((question, times) => {
    const isRight = question % 2 === 0 || (times === 1 && question % 10 === 1); // changes its mind on a tenth
    return { text: isRight ? "Right." : "wrong", cost: nanoUsd(1_000n) };
  });
  const ports = portsOf({ arms: [goldArm("larder", () => 100)], asker: askerOf(), judge });
  const report = await conduct(registration, set, ports);
  expect(judge.asked).toHaveLength(200);
  expect(report.judge_noise).toEqual({ pairs: 100, agreement: 0.9, kappa: expect.closeTo(0.8, 1) });
  expect(report.judge_cost_usd).toBe("0.000200000");
  expect(report.arms[0]?.quality.value).toBe(0.5);
});

it("asks the judge twice on a share of the answers, the same ones each time", async () => {
  const set = setOf(100, 20);
  const registration = registrationOf(set, {
    metric: "judge",
    judge: "acme/judge",
    judgedTwice: 0.2,
    arms: ["larder"],
  });
  const askedOf = async () => {
    const judge = askerOf(() => ({ text: "right" }));
    await conduct(registration, set, portsOf({ arms: [goldArm("larder", () => 100)], asker: askerOf(), judge }));
    return judge.asked;
  };
  const [once, again] = [await askedOf(), await askedOf()];
  expect(once.length).toBeGreaterThan(105);
  expect(once.length).toBeLessThan(140);
  expect(again.toSorted()).toEqual(once.toSorted());
});
