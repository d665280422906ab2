import type { Attempt, Budgets, ProbeResult, SentCall } from "@larder/contracts";
import type { FakeProvider, FakeRequest } from "@larder/testkit";
import { createManualClock, nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { expect, it } from "vitest";
import { createBooks } from "../../test/books.ts";
import { connect, entryOf, fakeModels, routerOver, shape, tokenCounter } from "../../test/router-fixtures.ts";
import { createRoutingMemory } from "../memory/routing-memory.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { createModelProber } from "./model-prober.ts";

const call = { signal: AbortSignal.timeout(20_000) };

/** m-mini does as it is told; m-small talks past everything; m-large refuses tools. */
function answer({ model, body, messages, index }: FakeRequest) {
  if (model === "m-large" && body.tools !== undefined) {
    return { deltas: [], fault: { kind: "status" as const, status: 400 } };
  }
  if (model !== "m-mini") return { deltas: [`It is blue, ${index}.`] };
  if (body.response_format !== undefined) return { deltas: ['{"colour":"green"}'] };
  if (body.tools !== undefined) return { deltas: [""], finishReason: "tool_calls" };
  if (messages[0]?.role === "system") return { deltas: ["Quince."] };
  if (messages[0]?.content.startsWith("Count") === true) return { deltas: ["1 2 3"], finishReason: "length" };
  return { deltas: ["4711"] };
}

it("finds what models really do, within the money that the plan named, and the router keeps to it", async () => {
  await using provider = await startFakeProvider({ models: fakeModels, answer });
  const entries = ["m-mini", "m-small", "m-large"].map((id) => entryOf(id, "0.2", "0.8"));
  const memory = createRoutingMemory();
  const clock = createManualClock();
  const providers = [connect(provider)];
  const prober = createModelProber({ priceBook: createPriceBook(entries), providers, memory, tokenCounter, clock });
  const plan = prober.plan();
  expect(plan.probes.map(({ calls }) => calls)).toEqual([6, 6, 6]);
  expect(provider.arrivals).toBe(0);
  const results: ProbeResult[] = [];
  for await (const result of prober.run(plan, call)) results.push(result);
  const held = (model: string) =>
    results.filter((each) => each.model === model && each.outcome === "holds").map(({ flag }) => flag);
  expect(held("m-mini").sort()).toEqual(["json_schema", "output_limit", "seed", "system_prompt", "tools"]);
  expect(held("m-small")).toEqual([]);
  const spent = results.reduce((sum, { cost = 0n }) => sum + cost, 0n);
  expect(spent > 0n && spent <= plan.costMax).toBe(true);

  const { router } = routerOver(providers, entries, { memory, clock });
  const eligible = (need: "json_schema" | "tools") =>
    router
      .quote({ ...shape, needs: [need] }, {})
      .candidates.filter(({ isEligible }) => isEligible)
      .map(({ model }) => model);
  expect(eligible("json_schema")).toEqual(["m-mini"]);
  expect(eligible("tools")).toEqual(["m-mini"]); // no catalog says so: the probe found it
  const sentence = router.quote({ ...shape, needs: ["json_schema"] }, {}).candidates.at(-1)?.reasons[0];
  expect(sentence).toMatch(
    /^A probe found on .+Z that it does not keep to json_schema; it is tried again from .+Z on\.$/,
  );
  clock.advance(3_600_000);
  expect(eligible("json_schema")).toHaveLength(3);
});

it("asks nobody without a key, without a price, or by another name, and takes an outage for no answer", async () => {
  await using provider = await startFakeProvider({
    models: fakeModels,
    answer: () => ({ deltas: [], fault: { kind: "status", status: 503 } }),
  });
  const memory = createRoutingMemory();
  const entries = [
    entryOf("m-mini", "1", "1"),
    entryOf("free", "1", "1", { rates: null }),
    entryOf("far", "1", "1", { provider: "far" }),
  ];
  const options = { priceBook: createPriceBook(entries), memory, tokenCounter, clock: createManualClock() };
  const prober = createModelProber({ ...options, providers: [connect(provider)] });
  expect(prober.plan().probes.map(({ model }) => model)).toEqual(["m-mini"]);
  expect(prober.plan("acme/m-mini").probes).toHaveLength(1);
  expect(prober.plan("other")).toEqual({ probes: [], costMax: 0n });
  for await (const { outcome } of prober.run(prober.plan(), call)) expect(outcome).toBe("unknown");
  expect(memory.knowledge(entryOf("m-mini", "1", "1"), "json", options.clock.nowMs())).toBeUndefined();
});

const oneModel = { models: fakeModels, answer };
function openProber(provider: FakeProvider, budgets: Budgets) {
  const memory = createRoutingMemory();
  const priceBook = createPriceBook([entryOf("m-mini", "0.2", "0.8")]);
  const clock = createManualClock();
  return createModelProber({ priceBook, providers: [connect(provider)], memory, tokenCounter, clock, budgets });
}

it("reserves each call before it is sent, settles it, and gives every attempt", async () => {
  await using provider = await startFakeProvider(oneModel);
  const budgets = createBooks(1_000_000_000n);
  const prober = openProber(provider, budgets);
  const sent: SentCall[] = [];
  const attempts: Attempt[] = [];
  const plan = prober.plan();
  for await (const result of prober.run(plan, call, { onSend: (one) => sent.push(one) })) {
    expect(result.cost).toBe(result.attempts.reduce((sum, { cost = 0n }) => sum + cost, 0n));
    attempts.push(...result.attempts);
  }
  expect([attempts.length, sent.length, provider.arrivals]).toEqual([6, 6, 6]);
  expect(budgets.reserved.reduce((sum, amount) => sum + amount, 0n)).toBe(plan.costMax as bigint);
  const billed = provider.records.reduce((sum, { bill }) => sum + nanoUsdCeiling(bill), 0n);
  // The book of this test has twice the fake provider's prices.
  expect(budgets.spent()).toBe(attempts.reduce((sum, { cost = 0n }) => sum + cost, 0n));
  expect(budgets.spent()).toBeGreaterThan(billed);
  expect(new Set(attempts.map(({ reservation }) => reservation?.ending))).toEqual(new Set(["settled"]));
});

it("asks nothing that the budgets have no room for, and takes that for no answer", async () => {
  await using provider = await startFakeProvider(oneModel);
  const prober = openProber(provider, createBooks(1n));
  const results: ProbeResult[] = [];
  for await (const result of prober.run(prober.plan(), call)) results.push(result);
  expect(results.map(({ outcome, error, attempts, cost }) => [outcome, error?.code, attempts, cost])).toEqual(
    results.map(() => ["unknown", "BUDGET_EXHAUSTED", [], 0n]),
  );
  expect([results.length, provider.arrivals]).toEqual([5, 0]);
});

it("gives the attempt that an abort stopped, held and of unknown bill, before it rejects", async () => {
  await using provider = await startFakeProvider({
    models: fakeModels,
    answer: () => ({ deltas: ["It ", "is"], fault: { kind: "stall", afterDeltas: 1 } }),
  });
  const budgets = createBooks(1_000_000_000n);
  const prober = openProber(provider, budgets);
  const leaving = new AbortController();
  const reason = new Error("the reader left");
  const results: ProbeResult[] = [];
  const running = (async () => {
    for await (const result of prober.run(prober.plan(), { signal: leaving.signal })) results.push(result);
  })();
  await expect.poll(() => provider.arrivals).toBe(1);
  leaving.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(results).toMatchObject([
    { outcome: "unknown", attempts: [{ outcome: "aborted", billed: "unknown", reservation: { ending: "held" } }] },
  ]);
  expect(budgets.ends).toEqual(["hold"]);
});
