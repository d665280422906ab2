import type { RoutedRequest, RoutingTask } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { createManualClock } from "@larder/testkit";
import { expect, it } from "vitest";
import { createBooks } from "../../test/books.ts";
import { entryOf, readAll, requestFor, shape, tokenCounter } from "../../test/router-fixtures.ts";
import { createRoutingMemory } from "../memory/routing-memory.ts";
import { highAnswersMin } from "../memory/token-sketch.ts";
import { createPriceBook } from "../prices/price-book.ts";
import type { GeneratorRouterOptions } from "./generator-router.ts";
import { createGeneratorRouter } from "./generator-router.ts";

/** $1 a million tokens in, $10 out: 6,000 in are $0.006, 800 out at most $0.008. */
const entry = entryOf("m", "1", "10");
const worst = 14_000_000n;
const call = () => ({ signal: AbortSignal.timeout(20_000) });

function open(
  answers: number,
  more: Partial<GeneratorRouterOptions> & { readonly tokens?: (index: number) => number; readonly bills?: number } = {},
) {
  const { tokens = () => 100, bills = 100, ...options } = more;
  const clock = createManualClock();
  const memory = createRoutingMemory();
  for (let index = 0; index < answers; index += 1) {
    memory.observeUsage({
      ...{ provider: "acme", model: "m", task: "answering", atMs: clock.nowMs(), countedInputTokens: 6_000 },
      billed: { ...noTokens, inputFresh: 6_000, outputText: tokens(index) },
    });
  }
  const budgets = createBooks(100_000_000n); // $0.10
  const usage = { tokens: { ...noTokens, inputFresh: 6_000, outputText: bills }, source: "provider" as const };
  const generator = {
    id: "acme",
    async *generate() {
      yield { kind: "text" as const, text: "Cool." };
      yield { kind: "finished" as const, reason: "stop" as const, usage };
    },
  };
  const router = createGeneratorRouter({
    priceBook: createPriceBook([entry]),
    providers: [{ id: "acme", isConfigured: true, generator }],
    ...{ tokenCounter, clock, memory, budgets, limits: { budgetWaitMs: 0 } },
    ...options,
  });
  const ask = (task: RoutingTask | undefined = "answering") => {
    const request: RoutedRequest = requestFor({}, { shape: { ...shape, ...(task && { task }) } });
    return readAll(router.generate(request, call()));
  };
  return { ask, budgets };
}

it("reserves the worst case by default, whatever was observed, so that no bill passes the budget", async () => {
  const { ask, budgets } = open(2_000, { bills: 800 }); // two thousand short answers, then only the longest
  await Promise.all(Array.from({ length: 40 }, () => ask()));
  expect(new Set(budgets.reserved)).toEqual(new Set([worst]));
  expect(budgets.spent()).toBe(98_000_000n); // seven of them: $0.098 of $0.10
});

it("reserves less by the quantile, and cannot hold the bound then: that is what the setting costs", async () => {
  const { ask, budgets } = open(2_000, { reserve: "p99", bills: 800 });
  await Promise.all(Array.from({ length: 40 }, () => ask()));
  expect(budgets.spent()).toBeGreaterThan(100_000_000n);
});

it.each([
  { what: "the worst case below 600 answers", answers: highAnswersMin - 1, reserved: worst },
  // 100 tokens are in the bin from 1.15^32 = 87.6 to 1.15^33 = 100.7: at most 101, by hand 6,000 × $1 + 101 × $10 a million.
  { what: "the upper end of what 99.5 % took from 600 on", answers: highAnswersMin, reserved: 7_010_000n },
])("reserves $what", async ({ answers, reserved }) => {
  const { ask, budgets } = open(answers, { reserve: "p99" });
  expect((await ask()).last?.kind).toBe("answered");
  expect(budgets.reserved).toEqual([reserved]);
});

it("counts the long answers in, and is the worst case where they reach it", async () => {
  const rare = open(1_000, { reserve: "p99", tokens: (index) => (index % 250 === 0 ? 700 : 100) });
  const often = open(1_000, { reserve: "p99", tokens: (index) => (index % 100 === 0 ? 700 : 100) });
  const longest = open(1_000, { reserve: "p99", tokens: (index) => (index % 100 === 0 ? 800 : 100) });
  for (const { ask } of [rare, often, longest]) await ask();
  expect(rare.budgets.reserved).toEqual([7_010_000n]); // four in a thousand
  expect(often.budgets.reserved[0]).toBeGreaterThan(13_000_000n); // ten: their bin ends at 713
  expect(longest.budgets.reserved).toEqual([worst]);
});

it("knows nothing of a task that was not asked before", async () => {
  const { ask, budgets } = open(1_000, { reserve: "p99" });
  await ask("json");
  expect(budgets.reserved).toEqual([worst]);
});
