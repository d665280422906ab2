import type {
  Attempt,
  BudgetScope,
  BudgetState,
  Budgets,
  Candidate,
  ReservationId,
  ReservationResult,
} from "@larder/contracts";
import { LarderError, nanoUsd, noTokens } from "@larder/contracts";
import { createManualClock } from "@larder/testkit";
import { expect, it } from "vitest";
import { createBudgetWaiters } from "./budget-waiters.ts";
import type { RequestBudgetOptions } from "./request-budget.ts";
import { createRequestBudget, quoteBelow } from "./request-budget.ts";

const signal = AbortSignal.timeout(60_000);
const state: BudgetState = {
  ...{ scope: "total", window: "ever", startMs: 0, limit: nanoUsd(100n), spent: nanoUsd(40n) },
  ...{ held: nanoUsd(0n), reserved: nanoUsd(0n), left: nanoUsd(60n) },
};

/** A budget with 60 left, none of it under way, and a list of what was asked of it. */
function budgetsOf60(calls: string[], fails = false): Budgets {
  const end = async (call: string) => {
    calls.push(call);
    if (fails) throw new LarderError("STORE_BUSY");
  };
  return {
    bounding: async () => [state],
    async reserve({ amount, model }): Promise<ReservationResult> {
      calls.push(`reserve ${amount} for ${model}`);
      if (amount <= 60n) return { kind: "reserved", id: "rsv_1" as ReservationId };
      return { kind: "exhausted", budget: state, leftAtMost: nanoUsd(60n) };
    },
    settle: (_, cost) => end(`settle ${cost}`),
    hold: () => end("hold"),
    release: () => end("release"),
  };
}

function candidateOf(model: string, worst?: bigint): Candidate {
  const costs = worst === undefined ? {} : { expectedCost: nanoUsd(1n), worstCost: nanoUsd(worst) };
  return { provider: "acme", model, isEligible: true, ...costs, reasons: [], refusals: [] };
}

function open(candidates: readonly Candidate[], more: Partial<RequestBudgetOptions> = {}) {
  const calls: string[] = [];
  const budget = createRequestBudget({
    budgets: budgetsOf60(calls),
    isLocal: ({ model }) => model.startsWith("local"),
    payers: [],
    clock: createManualClock(),
    waiters: createBudgetWaiters(),
    waitMs: 0,
    ...more,
  });
  const take = () => budget.take(() => candidates.find((each) => !budget.refuses(each)), { signal });
  return { budget, take, calls };
}

const answered: Attempt = {
  ...{
    provider: "acme",
    model: "m",
    outcome: "answered",
    billed: "yes",
    cost: nanoUsd(7n),
    startedAtMs: 0,
    totalMs: 1,
  },
  usage: {
    tokens: { ...noTokens, inputFresh: 1, outputText: 1 },
    source: "provider",
  },
};

it.each([
  { what: "the worst cost, where no quantile was observed", quantile: undefined, reserved: 50n },
  { what: "the quantile below it", quantile: 20n, reserved: 20n },
  { what: "the worst cost, where the quantile is above it", quantile: 80n, reserved: 50n },
  { what: "the worst cost, where the quantile is nothing", quantile: 0n, reserved: 50n },
])("reserves $what", async ({ quantile, reserved }) => {
  const costQuantile = () => (quantile === undefined ? undefined : nanoUsd(quantile));
  const { take, calls } = open([candidateOf("m", 50n)], { costQuantile });
  expect(await take()).toMatchObject({ model: "m" });
  expect(calls).toEqual([`reserve ${reserved} for acme/m`]);
});

it("asks only for less than what was refused, and takes the first that fits", async () => {
  const candidates = [candidateOf("a", 90n), candidateOf("b", 95n), candidateOf("c", 70n), candidateOf("d", 60n)];
  const { budget, take, calls } = open(candidates);
  expect(await take()).toMatchObject({ model: "d" });
  expect(calls).toEqual(["reserve 90 for acme/a", "reserve 70 for acme/c", "reserve 60 for acme/d"]);
  const marked = budget.marker()(candidates);
  expect(marked.map(({ model, refusals }) => [model, refusals[0]?.code])).toEqual([
    ["d", undefined],
    ["a", "budget_exhausted"],
    ["b", "budget_exhausted"],
    ["c", "budget_exhausted"],
  ]);
  expect(marked[2]?.reasons[0]).toBe(
    "The total budget, $0.000000100, has $0.000000060 left; it could cost $0.000000095.",
  );
});

it("never takes what has no price, and asks nothing for what is free", async () => {
  const { budget, take, calls } = open([candidateOf("unpriced"), candidateOf("local-dear", 900n)]);
  expect(await take()).toMatchObject({ model: "local-dear" });
  expect(budget.refuses(candidateOf("unpriced"))).toBe(true);
  expect(calls).toEqual([]);
  expect(await budget.end(answered)).toBe(answered);
});

it("releases what was not sent, holds what was sent and not ended, and ends nothing twice", async () => {
  const before = open([candidateOf("m", 50n)]);
  await before.take();
  await before.budget.leave();
  const after = open([candidateOf("m", 50n)]);
  await after.take();
  after.budget.sent();
  await after.budget.leave();
  await after.budget.leave();
  expect([before.calls.slice(1), after.calls.slice(1)]).toEqual([["release"], ["hold"]]);
});

it("calls it held when the end could not be written: it becomes a hold by itself", async () => {
  const calls: string[] = [];
  const { budget, take } = open([candidateOf("m", 50n)], { budgets: budgetsOf60(calls, true) });
  await take();
  expect(await budget.end(answered)).toMatchObject({ reservation: { amount: 50n, ending: "held" } });
  expect(calls).toEqual(["reserve 50 for acme/m", "settle 7"]);
});

it("marks in a quote what has no room now, behind the others, and leaves alone what is out or costs nothing", () => {
  const out: Candidate = { ...candidateOf("out", 900n), isEligible: false };
  const candidates = [candidateOf("a", 61n), candidateOf("b", 60n), candidateOf("local", 900n), out];
  const roomier: BudgetState = { ...state, scope: "kb_a000000000" as BudgetScope, left: nanoUsd(61n) };
  const isLocal = ({ model }: Candidate) => model === "local";
  const quote = quoteBelow({ candidates, priceBookId: "book" }, [roomier, state], { isLocal });
  expect(quote.candidates.map(({ model, isEligible }) => [model, isEligible])).toEqual([
    ["b", true],
    ["local", true],
    ["a", false],
    ["out", false],
  ]);
  expect(quote.cheapest?.model).toBe("b");
  expect(quote.candidates[2]?.refusals).toEqual([
    {
      code: "budget_exhausted",
      sentence: "The total budget, $0.000000100, has $0.000000060 left; it could cost $0.000000061.",
    },
  ]);
  expect(quote.candidates[3]).toBe(out);
  expect(
    quoteBelow({ candidates: [candidateOf("a", 61n)], priceBookId: "book" }, [state], { isLocal }),
  ).not.toHaveProperty("cheapest");
});

it("does not wait for money where something else is to be done first", async () => {
  const clock = createManualClock();
  const full: BudgetState = { ...state, reserved: nanoUsd(60n), left: nanoUsd(0n) };
  const budgets: Budgets = {
    ...budgetsOf60([]),
    reserve: async () => ({ kind: "exhausted", budget: full, leftAtMost: nanoUsd(60n) }),
  };
  const candidate = candidateOf("m", 50n);
  const { budget } = open([candidate], { budgets, clock, waitMs: 1_000_000 });
  const pick = () => (budget.refuses(candidate) ? undefined : candidate);
  expect(await budget.take(pick, { signal, mayWait: () => false })).toBeUndefined();
  expect(budget.refuses(candidate)).toBe(true);
});
