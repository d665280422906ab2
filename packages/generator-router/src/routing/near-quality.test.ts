import type { ModelEntry, NearRequests, RequestShape } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, fiveEntries, routerOver, shape } from "../../test/router-fixtures.ts";
import { posteriorOf, priorOf } from "../memory/quality-prior.ts";
import { nearQuality } from "./near-quality.ts";

const silent = { id: "acme", generate: () => expect.unreachable() };
const providers = [{ id: "acme", isConfigured: true, generator: silent }];
const asked: RequestShape = { ...shape, task: "answering" };
const nearOf = (...outcomes: NearRequests["outcomes"]): NearRequests => ({ count: 3, similarity: 0.8, outcomes });
const at = (model: string, good: number, bad: number) => ({ provider: "acme", model, good, bad });

const belief = fc
  .record({ quality: fc.double({ min: 0.01, max: 0.95, noNaN: true }), good: fc.nat(200), bad: fc.nat(200) })
  .map(({ quality, good, bad }) => posteriorOf(quality, good, bad) ?? expect.unreachable());
const weight = fc.double({ min: 0, max: 1_000, noNaN: true });

describe("the belief in a model at requests like this one", () => {
  it("is the belief over all where there are none", () => {
    const overall = priorOf(0.5) ?? expect.unreachable();
    expect(nearQuality(overall, { good: 0, bad: 0 })).toBe(overall);
    expect(nearQuality(overall, { good: Number.NaN, bad: -3 })).toBe(overall);
  });

  it("never rises with a failure nor falls with a success, and stays as sure as it was", () => {
    fc.assert(
      fc.property(belief, weight, weight, weight, (overall, good, bad, more) => {
        const before = nearQuality(overall, { good, bad });
        const worse = nearQuality(overall, { good, bad: bad + more });
        const better = nearQuality(overall, { good: good + more, bad });
        for (const figure of ["mean", "lowerBound"] as const) {
          expect(worse[figure]).toBeLessThanOrEqual(before[figure] + 1e-8);
          expect(better[figure]).toBeGreaterThanOrEqual(before[figure] - 1e-8);
        }
        expect(worse.alpha + worse.beta).toBeCloseTo(overall.alpha + overall.beta, 6);
      }),
    );
  });

  it("lifts no bound above the one over all", () => {
    fc.assert(
      fc.property(belief, weight, weight, (overall, good, bad) => {
        expect(nearQuality(overall, { good, bad }).lowerBound).toBeLessThanOrEqual(overall.lowerBound);
      }),
    );
  });

  it("keeps a quarter of the belief over all, whatever happened near", () => {
    fc.assert(
      fc.property(belief, weight, weight, (overall, good, bad) => {
        const { mean } = nearQuality(overall, { good, bad });
        expect(mean).toBeGreaterThanOrEqual(overall.mean / 4 - 1e-12);
        expect(1 - mean).toBeGreaterThanOrEqual((1 - overall.mean) / 4 - 1e-12);
      }),
    );
  });

  it("by hand: a mean of 0.6 and two failures are 2 × 0.6 of 4", () => {
    const overall = { alpha: 12, beta: 8, mean: 0.6, lowerBound: 0.4, weight: 0 };
    expect(nearQuality(overall, { good: 0, bad: 2 })).toMatchObject({ mean: 0.3, alpha: 6, near: { good: 0, bad: 2 } });
  });

  it("moves by as much as it is trusted, and says what either would have foretold", () => {
    const overall = { alpha: 12, beta: 8, mean: 0.6, lowerBound: 0.4, weight: 0 };
    const near = { good: 0, bad: 2, forecast: { overall: 0.6, near: 0.3 } };
    expect(nearQuality(overall, { good: 0, bad: 2 }, 0)).toEqual({ ...overall, near: { ...near, trust: 0 } });
    const half = nearQuality(overall, { good: 0, bad: 2 }, 0.5); // one failure beside a belief of two
    expect(half.mean).toBeCloseTo(0.4, 12);
    expect(half.near).toEqual({ ...near, trust: 0.5 });
    expect(nearQuality(overall, { good: 0, bad: 2 }, Number.NaN)).toMatchObject(overall);
  });

  it("goes further from the belief over all with more trust, and with any keeps to the order of outcomes", () => {
    const trust = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(belief, weight, weight, weight, trust, trust, (overall, good, bad, more, a, b) => {
        const [less, most] = [Math.min(a, b), Math.max(a, b)].map((each) => nearQuality(overall, { good, bad }, each));
        const far = (each: typeof less) => Math.abs((each?.mean ?? 0) - overall.mean);
        expect(far(most)).toBeGreaterThanOrEqual(far(less) - 1e-9);
        const worse = nearQuality(overall, { good, bad: bad + more }, a);
        const now = nearQuality(overall, { good, bad }, a);
        expect(worse.mean).toBeLessThanOrEqual(now.mean + 1e-8);
        expect(worse.lowerBound).toBeLessThanOrEqual(now.lowerBound + 1e-8);
      }),
    );
  });
});

describe("a decision that knows of requests like this one", () => {
  const quote = (near: NearRequests | undefined, policy = {}, more: Partial<RequestShape> = {}) =>
    routerOver(providers, fiveEntries).router.quote({ ...asked, ...more, ...(near && { near }) }, policy);

  it("is today's where no outcome is of a model of the book, to the last word", () => {
    const policies = fc.record({ qualityMin: fc.double({ min: 0, max: 1, noNaN: true }) });
    const outcome = fc.record({ model: fc.constantFrom("m-other", "m-mini#2"), good: weight, bad: weight });
    fc.assert(
      fc.property(policies, fc.array(outcome, { maxLength: 3 }), fc.boolean(), (policy, outcomes, escalates) => {
        const more = escalates ? { escalation: { caught: 0.9, falseAlarms: 0.1 } } : {};
        const near = nearOf(...outcomes.map((each) => ({ ...each, provider: "acme" })));
        expect(quote(near, policy, more).candidates).toEqual(quote(undefined, policy, more).candidates);
      }),
      { numRuns: 50 },
    );
  });

  it("is the one without them where they are not trusted, whatever they say", () => {
    const policies = fc.record({ qualityMin: fc.double({ min: 0, max: 1, noNaN: true }) });
    const outcomes = fc.tuple(
      ...fiveEntries.map(({ model }) => fc.tuple(weight, weight).map((of) => at(model, ...of))),
    );
    const told = (each: ReturnType<typeof quote>) => {
      const unsaid = each.candidates.map(({ quality, ...rest }) => {
        const { near: _, ...belief } = quality ?? {};
        return { ...rest, quality: belief };
      });
      return { unsaid, cheapest: each.cheapest?.model };
    };
    fc.assert(
      fc.property(policies, outcomes, fc.boolean(), (policy, said, escalates) => {
        const more = escalates ? { escalation: { caught: 0.9, falseAlarms: 0.1 } } : {};
        const near = { ...nearOf(...said), trust: 0 };
        expect(told(quote(near, policy, more))).toEqual(told(quote(undefined, policy, more)));
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out who failed at them, by its bound, and says so", () => {
    const near = nearOf(at("m-mini", 0.2, 3));
    expect(quote(undefined, { qualityMin: 0.5 }).cheapest?.model).toBe("m-mini");
    const { cheapest, candidates } = quote(near, { qualityMin: 0.5 });
    expect(cheapest?.model).toBe("m-small");
    const out = candidates.find(({ model }) => model === "m-mini");
    expect(out?.refusals[0]).toMatchObject({ code: "quality_below_minimum" });
    expect(out?.reasons[0]).toContain("at requests like this one 0.2 good, 3.0 bad");
  });

  it("never leaves nobody: then it decides without them", () => {
    const near = nearOf(...fiveEntries.map(({ model }) => at(model, 0, 9)));
    expect(quote(near, { qualityMin: 0.5 }).candidates).toEqual(quote(undefined, { qualityMin: 0.5 }).candidates);
    expect(quote(near, { qualityMin: 0.7 }).cheapest).toBeUndefined(); // as without them
  });

  it("tells of good ones beside the candidate, and keeps it", () => {
    const { cheapest } = quote(nearOf(at("m-mini", 2, 0.1)), { qualityMin: 0.5 });
    expect(cheapest?.model).toBe("m-mini");
    expect(cheapest?.reasons[0]).toContain("At requests like this one: 2.0 good, 0.1 bad.");
    expect(cheapest?.quality).toMatchObject({ near: { good: 2, bad: 0.1 } });
  });

  it("starts with the dearer model where the cheaper one would be paid for in vain", () => {
    const entries: readonly ModelEntry[] = [
      entryOf("small", "0.7", "0", { quality: 0.5 }),
      entryOf("large", "1", "0", { quality: 0.9 }),
    ];
    const { router } = routerOver(providers, entries);
    const ask = { ...asked, escalation: { caught: 0.9, falseAlarms: 0.05 } };
    const first = (near?: NearRequests) => router.quote({ ...ask, ...(near && { near }) }, {}).cheapest?.model;
    expect(first(nearOf(at("small", 4, 0)))).toBe("small");
    expect(first(nearOf(at("small", 0, 4)))).toBe("large");
  });
});
