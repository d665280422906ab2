import { LarderError } from "@larder/contracts";
import { expect, it } from "vitest";
import { createCoolDowns } from "./cool-downs.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { defaultRouterLimits as limits } from "./router-limits.ts";

const overloaded = (retryAfterMs?: number) =>
  new LarderError("PROVIDER_OVERLOADED", { details: retryAfterMs === undefined ? {} : { retryAfterMs } });
const failed = new LarderError("PROVIDER_FAILED");

it("extends a cool-down and never shortens it", () => {
  const coolDowns = createCoolDowns(limits);
  coolDowns.failed("a", "m", overloaded(20_000), 0);
  coolDowns.failed("a", "m", overloaded(2_000), 1_000);
  expect(coolDowns.pauseOf("a", "m", 19_999)).toEqual({ kind: "cool_down", remainingMs: 1 });
  expect(coolDowns.pauseOf("a", "m", 20_000)).toBeUndefined();
  expect(coolDowns.pauseOf("a", "other", 0)).toBeUndefined();
  expect(coolDowns.pauseOf("b", "m", 0)).toBeUndefined();
});

it("leaves a model in rotation after one failure, and out of it longer with each after the third", () => {
  const coolDowns = createCoolDowns(limits);
  const pauses = Array.from({ length: 9 }, () => {
    coolDowns.failed("a", "m", failed, 0);
    return coolDowns.pauseOf("a", "m", 0)?.remainingMs ?? 0;
  });
  expect(pauses).toEqual([0, 0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

it("starts counting anew after an answer", () => {
  const coolDowns = createCoolDowns(limits);
  for (let i = 0; i < 2; i++) coolDowns.failed("a", "m", failed, 0);
  coolDowns.answered("a", "m");
  coolDowns.failed("a", "m", failed, 0);
  expect(coolDowns.pauseOf("a", "m", 0)).toBeUndefined();
});

it("holds a refused key against every model of its provider, and a refused request against none", () => {
  const coolDowns = createCoolDowns(limits);
  coolDowns.failed("a", "m", new LarderError("PROVIDER_REJECTED"), 0);
  expect(coolDowns.pauseOf("a", "m", 0)).toBeUndefined();
  coolDowns.failed("a", "m", new LarderError("PROVIDER_AUTHENTICATION"), 0);
  expect(coolDowns.pauseOf("a", "other", 299_999)).toEqual({ kind: "credential", remainingMs: 1 });
  expect(coolDowns.pauseOf("a", "other", 300_000)).toBeUndefined();
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
