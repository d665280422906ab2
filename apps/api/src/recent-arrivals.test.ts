import type { Arrival, KnowledgeBaseId, LedgerWindow } from "@larder/contracts";
import { testCall as call } from "@larder/testkit";
import { expect, it } from "vitest";
import { recentArrivals } from "./recent-arrivals.ts";

it("knows the traffic of before a start, for a day back", async () => {
  const hour = 3_600_000;
  const nowMs = 100 * hour;
  const knowledgeBaseId = "kb_a" as KnowledgeBaseId;
  const kept = [1, 2, 3].map((ago): Arrival => ({ model: "p/m", knowledgeBaseId, atMs: nowMs - ago * hour })).reverse();
  const asked: LedgerWindow[] = [];
  const record = {
    arrivals: async (window: LedgerWindow) => {
      asked.push(window);
      return kept;
    },
  };
  const rates = await recentArrivals(record, { nowMs: () => nowMs, monotonicMs: () => 0 }, call);
  expect(asked).toEqual([{ fromMs: nowMs - 24 * hour, toMs: nowMs }]);
  expect(rates.rate("p/m", knowledgeBaseId, nowMs)).toEqual({ arrivals: 3, perHour: 1 });
});
