import type { KnowledgeBaseId } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { createObservedArrivals } from "./observed-arrivals.ts";

const kb = "kb_a" as KnowledgeBaseId;
const hour = 3_600_000;
const day = 24 * hour;

function observed(...times: readonly number[]) {
  const arrivals = createObservedArrivals();
  for (const atMs of times) arrivals.observe({ model: "p/m", knowledgeBaseId: kb, atMs });
  return arrivals;
}

describe("observed arrivals", () => {
  it("know nothing of a model or knowledge base that was not asked", () => {
    expect(observed().rate("p/m", kb, 0)).toEqual({ arrivals: 0, perHour: 0 });
    const arrivals = observed(0);
    expect(arrivals.rate("p/other", kb, hour).arrivals).toBe(0);
    expect(arrivals.rate("p/m", "kb_b" as KnowledgeBaseId, hour).arrivals).toBe(0);
  });

  it("are counted over the time since the first of them", () => {
    expect(observed(0, hour, 2 * hour).rate("p/m", kb, 3 * hour)).toEqual({ arrivals: 3, perHour: 1 });
    expect(observed(0).rate("p/m", kb, hour / 4)).toEqual({ arrivals: 1, perHour: 4 });
  });

  it("are forgotten after a day, and beyond the latest 64", () => {
    expect(observed(0, day).rate("p/m", kb, day + 1)).toEqual({ arrivals: 1, perHour: hour });
    const busy = observed(...Array.from({ length: 1_000 }, (_, i) => i * 1_000));
    expect(busy.rate("p/m", kb, 1_000_000)).toEqual({ arrivals: 64, perHour: 3_600 });
  });

  it("follow a quiet hour at once", () => {
    const burst = observed(...Array.from({ length: 64 }, (_, i) => i * 1_000));
    expect(burst.rate("p/m", kb, 64_000).perHour).toBe(3_600);
    expect(burst.rate("p/m", kb, 8 * hour).perHour).toBe(8);
  });
});
