import { LarderError } from "@larder/contracts";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { CircuitBreaker, Permit } from "./circuit-breaker.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { defaultRouterLimits as limits } from "./router-limits.ts";

const overloaded = (retryAfterMs?: number) =>
  new LarderError("PROVIDER_OVERLOADED", { details: retryAfterMs === undefined ? {} : { retryAfterMs } });
const failed = new LarderError("PROVIDER_FAILED");

function enter(breaker: CircuitBreaker, model: string, nowMs: number, provider = "a"): Permit {
  const permit = breaker.enter(provider, model, nowMs);
  if (permit === undefined) throw new Error("the breaker let nobody through");
  return permit;
}

/** Three failures in a row, so that the model is left alone until 10 s. */
function openedAtZero(): CircuitBreaker {
  const breaker = createCircuitBreaker(limits);
  for (let i = 0; i < limits.failuresMax; i++) enter(breaker, "m", 0).failed(failed, 0);
  return breaker;
}

it("extends a cool-down and never shortens it", () => {
  const breaker = createCircuitBreaker(limits);
  const [first, second] = [enter(breaker, "m", 0), enter(breaker, "m", 0)];
  first.failed(overloaded(20_000), 0);
  second.failed(overloaded(2_000), 1_000);
  expect(breaker.pauseOf("a", "m", 19_999)).toEqual({ kind: "cool_down", remainingMs: 1 });
  expect(breaker.pauseOf("a", "m", 20_000)).toBeUndefined();
  expect(breaker.pauseOf("a", "other", 0)).toBeUndefined();
  expect(breaker.pauseOf("b", "m", 0)).toBeUndefined();
});

it("leaves a model in rotation after one failure, and out of it longer with each failed trial", () => {
  const breaker = createCircuitBreaker(limits);
  let nowMs = 0;
  const pauses = Array.from({ length: 9 }, () => {
    enter(breaker, "m", nowMs).failed(failed, nowMs);
    const pauseMs = breaker.pauseOf("a", "m", nowMs)?.remainingMs ?? 0;
    nowMs += pauseMs;
    return pauseMs;
  });
  expect(pauses).toEqual([0, 0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

it("takes a hundred failures at once for one outage", () => {
  const breaker = createCircuitBreaker(limits);
  for (const permit of Array.from({ length: 100 }, () => enter(breaker, "m", 0))) permit.failed(failed, 0);
  expect(breaker.pauseOf("a", "m", 0)).toEqual({ kind: "cool_down", remainingMs: 10_000 });
});

it("starts counting anew after an answer", () => {
  const breaker = createCircuitBreaker(limits);
  for (let i = 0; i < 2; i++) enter(breaker, "m", 0).failed(failed, 0);
  enter(breaker, "m", 0).alive(0);
  enter(breaker, "m", 0).failed(failed, 0);
  expect(breaker.pauseOf("a", "m", 0)).toBeUndefined();
});

it("lets exactly one request try a model after its cool-down, and all of them after its first text", () => {
  const breaker = openedAtZero();
  expect(breaker.enter("a", "m", 9_999)).toBeUndefined();
  const trial = enter(breaker, "m", 10_000);
  expect(breaker.pauseOf("a", "m", 10_000)).toEqual({ kind: "probing", remainingMs: 0 });
  expect(breaker.enter("a", "m", 10_000)).toBeUndefined();
  expect(breaker.enter("a", "m", 99_000)).toBeUndefined();
  trial.alive(99_000);
  for (let i = 0; i < 5; i++) enter(breaker, "m", 99_000);
});

it("lets the next one try when a trial ends without a verdict, and only then", () => {
  const breaker = openedAtZero();
  const trial = enter(breaker, "m", 10_000);
  trial.left();
  trial.left();
  enter(breaker, "m", 10_000);
  expect(breaker.enter("a", "m", 10_000)).toBeUndefined();
  trial.left(); // its word does not count any more
  expect(breaker.enter("a", "m", 10_000)).toBeUndefined();
});

it("lets nobody back early for an answer that began before the cool-down, nor for a trial overtaken by a longer one", () => {
  const breaker = createCircuitBreaker(limits);
  const [early, ...others] = Array.from({ length: 4 }, () => enter(breaker, "m", 0));
  for (const each of others) each.failed(failed, 0);
  early?.alive(1);
  expect(breaker.pauseOf("a", "m", 1)).toBeDefined();
  const late = enter(createCircuitBreaker(limits), "m", 0);
  late.alive(0);

  const again = createCircuitBreaker(limits);
  const straggler = enter(again, "m", 0);
  for (let i = 0; i < 3; i++) enter(again, "m", 0).failed(failed, 0);
  const trial = enter(again, "m", 10_000);
  straggler.failed(overloaded(60_000), 11_000);
  trial.alive(12_000);
  expect(again.pauseOf("a", "m", 12_000)).toEqual({ kind: "cool_down", remainingMs: 59_000 });
});

it("holds a refused key against every model of its provider, and a refused request against none", () => {
  const breaker = createCircuitBreaker(limits);
  enter(breaker, "m", 0).failed(new LarderError("PROVIDER_REJECTED"), 0);
  expect(breaker.pauseOf("a", "m", 0)).toBeUndefined();
  enter(breaker, "m", 0).failed(new LarderError("PROVIDER_AUTHENTICATION"), 0);
  expect(breaker.pauseOf("a", "other", 299_999)).toEqual({ kind: "credential", remainingMs: 1 });
  expect(breaker.pauseOf("b", "other", 0)).toBeUndefined();
  enter(breaker, "other", 300_000);
  expect(breaker.enter("a", "m", 300_000)).toBeUndefined();
});

it("holds an address that cannot be reached against every model, and takes any reply for a sign of life", () => {
  const breaker = createCircuitBreaker(limits);
  for (const model of ["m", "n", "o"]) enter(breaker, model, 0).failed(new LarderError("PROVIDER_UNREACHABLE"), 0);
  expect(breaker.pauseOf("a", "p", 0)).toEqual({ kind: "cool_down", remainingMs: 10_000 });
  enter(breaker, "m", 10_000).failed(failed, 10_000);
  enter(breaker, "n", 10_000);
  enter(breaker, "o", 10_000);
});

it("never has two trials of one model, and never lets a cool-down end earlier than it was", () => {
  const act = fc.record({
    what: fc.constantFrom("enter", "alive", "failed", "overloaded", "refused", "left"),
    which: fc.nat(5),
    ms: fc.nat(30_000),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const breaker = createCircuitBreaker(limits);
      const open: Permit[] = [];
      let nowMs = 0;
      let untilMs = 0;
      for (const { what, which, ms } of acts) {
        nowMs += ms;
        const before = breaker.pauseOf("a", "m", nowMs);
        if (before?.kind === "cool_down") expect(nowMs + before.remainingMs).toBeGreaterThanOrEqual(untilMs);
        if (what === "enter") {
          const permit = breaker.enter("a", "m", nowMs);
          expect(permit === undefined).toBe(before !== undefined);
          if (permit !== undefined) open.push(permit);
        } else {
          const [permit] = open.splice(which % Math.max(1, open.length), 1);
          if (what === "alive") permit?.alive(nowMs);
          if (what === "left") permit?.left();
          if (what === "failed") permit?.failed(failed, nowMs);
          if (what === "overloaded") permit?.failed(overloaded(ms), nowMs);
          if (what === "refused") permit?.failed(new LarderError("PROVIDER_REJECTED"), nowMs);
        }
        const after = breaker.pauseOf("a", "m", nowMs);
        if (before?.kind === "cool_down") expect(after?.remainingMs).toBeGreaterThanOrEqual(before.remainingMs);
        if (after?.kind === "cool_down") untilMs = nowMs + after.remainingMs;
        if (after?.kind === "probing") expect(breaker.enter("a", "m", nowMs)).toBeUndefined();
      }
    }),
  );
});

it("expects a cache hit only from our own traffic within its life", () => {
  const traffic = createPrefixTraffic();
  expect(traffic.hitProbability("a", "m", 1_000, 0)).toBe(0);
  traffic.record("a", "m", 0);
  expect(traffic.hitProbability("a", "m", 1_000, 1_000)).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(traffic.hitProbability("a", "m", 1_000, 1_001)).toBe(0);
  expect(traffic.hitProbability("a", "other", 1_000, 0)).toBe(0);
  for (let i = 0; i < 1_000; i++) traffic.record("a", "m", 2_000);
  expect(traffic.hitProbability("a", "m", 1_000, 2_000)).toBeLessThanOrEqual(1);
});
