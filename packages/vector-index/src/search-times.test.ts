import { expect, it } from "vitest";
import { RecentTimes } from "./search-times.ts";

it("summarises the last few thousand times, and nothing before the first", () => {
  const times = new RecentTimes();
  expect(times.summary()).toBeUndefined();
  for (let i = 0; i < 4_096; i++) times.note(1_000);
  for (let i = 0; i < 4_096; i++) times.note(i < 4_000 ? 1 : 5);
  expect(times.summary()).toEqual({ p50Ms: 1, p99Ms: 5, count: 4_096 });
});
