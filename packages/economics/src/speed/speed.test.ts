import { describe, expect, it } from "vitest";
import type { LocalObservation } from "./quantisation-rows.ts";
import { quantisationRows } from "./quantisation-rows.ts";
import { summariseSpeed } from "./speed-samples.ts";

const sample = (concurrency: number, firstTextMs: number, totalMs: number) => ({
  concurrency,
  inputTokens: 1_000,
  outputTokens: 101,
  firstTextMs,
  totalMs,
});

describe("measured speed", () => {
  it("is a ratio of sums, by concurrency, of all streams together", () => {
    const rounds = [
      { concurrency: 4, wallMs: 0, samples: [sample(4, 1_000, 3_000), sample(4, 1_000, 3_000)] },
      { concurrency: 1, wallMs: 0, samples: [sample(1, 400, 1_400), sample(1, 600, 1_600)] },
    ];
    expect(summariseSpeed(rounds)).toEqual([
      { concurrency: 1, answers: 2, prefill: 2_000, decode: 100, firstTextMsP50: 400, totalMsP50: 1_400 },
      { concurrency: 4, answers: 2, prefill: 4_000, decode: 200, firstTextMsP50: 1_000, totalMsP50: 3_000 },
    ]);
  });

  it("is unknown, never zero or endless, where nothing can be told", () => {
    const short = { concurrency: 1, inputTokens: 0, outputTokens: 1, firstTextMs: 0, totalMs: 0 };
    expect(summariseSpeed([{ concurrency: 1, wallMs: 0, samples: [short] }])[0]).toMatchObject({
      prefill: null,
      decode: null,
    });
    expect(summariseSpeed([])).toEqual([]);
  });
});

describe("speed against quality", () => {
  const observed = (
    model: string,
    tokensPerSecond: number | null,
    quality: number | null,
    judged: number,
  ): LocalObservation => ({
    model,
    tokensPerSecond,
    speedBasis: "observed",
    answers: judged,
    quality,
    judged,
  });

  it("puts the fastest first, and calls beaten what is slower and surely worse", () => {
    const rows = quantisationRows([
      observed("q8", 20, 0.5, 500),
      observed("q4", 40, 0.9, 500),
      observed("q2", 80, 0.4, 5),
    ]);
    expect(rows.map(({ model, beatenBy }) => [model, beatenBy])).toEqual([
      ["q2", null],
      ["q4", null],
      ["q8", "q4"],
    ]);
    expect(rows[0]?.qualityInterval?.low).toBeLessThan(0.15);
  });

  it("decides nothing of what was not judged or not timed", () => {
    const rows = quantisationRows([
      observed("a", null, 0.9, 100),
      observed("b", 10, null, 0),
      observed("c", 5, 0.1, 100),
    ]);
    expect(rows.map(({ beatenBy }) => beatenBy)).toEqual([null, null, null]);
    expect(quantisationRows([])).toEqual([]);
  });
});
