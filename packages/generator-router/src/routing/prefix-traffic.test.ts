import { expect, it } from "vitest";
import { createPrefixTraffic } from "./prefix-traffic.ts";

const minute = 60_000;

it("counts the arrivals of that prefix at that model within the time to live", () => {
  const traffic = createPrefixTraffic();
  for (const atMs of [0, 1, 2]) traffic.record("a", "m", atMs, "p");
  const chance = (provider: string, model: string, prefixId?: string, nowMs = 2) =>
    traffic.hitProbability(provider, model, minute, nowMs, prefixId);
  expect(chance("a", "m", "p")).toBeCloseTo(1 - Math.exp(-3), 12);
  expect(chance("a", "m", "p", minute + 1)).toBeCloseTo(1 - Math.exp(-2), 12);
  for (const other of [chance("a", "m", "q"), chance("a", "m"), chance("a", "n", "p"), chance("b", "m", "p")]) {
    expect(other).toBe(0);
  }
  traffic.record("a", "m", 2);
  expect(chance("a", "m")).toBeCloseTo(1 - Math.exp(-1), 12);
  expect(chance("a", "m", "")).toBe(chance("a", "m"));
});

it("forgets the prefix that was sent longest ago, and no other, once there are 4,096", () => {
  const traffic = createPrefixTraffic();
  for (let i = 0; i < 4_096; i += 1) traffic.record("a", `m${i % 64}`, i, `p${Math.floor(i / 64)}`);
  traffic.record("a", "m0", 4_096, "p0"); // the oldest is the newest again
  traffic.record("a", "m0", 4_097, "new");
  const chance = (model: string, prefixId: string) => traffic.hitProbability("a", model, minute, 4_097, prefixId);
  expect(chance("m1", "p0")).toBe(0);
  expect([chance("m0", "p0"), chance("m2", "p0"), chance("m63", "p63"), chance("m0", "new")].every((p) => p > 0)).toBe(
    true,
  );
});
