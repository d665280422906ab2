import type { Attempt, DecisionInputs, PriceBook, Receipt } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import { createPriceBook, parseProvidersFile, replayDecision } from "@larder/generator-router";
import { receiptOf } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { watchPrices } from "./watch-prices.ts";

interface Prices {
  readonly small: string;
  readonly large: string;
  readonly here?: string;
  readonly retires?: string;
}

/** Two models of an API and one on this machine, which costs what is said here. */
function bookOf({ small, large, here = "0", retires }: Prices): PriceBook {
  const model = (id: string, input: string, more = {}) => ({
    ...{ id, context_tokens: 100_000, max_output_tokens: 1_000, price_usd_per_mtok: { input, output: input }, ...more },
  });
  const api = { id: "acme", base_url: "http://127.0.0.1:9/v1" };
  const providers = [
    { ...api, models: [model("small", small, retires && { retires_on: retires }), model("large", large)] },
    { id: "here", base_url: "http://127.0.0.1:9/v1", local: true, models: [model("m", here)] },
  ];
  const setups = parseProvidersFile(JSON.stringify({ providers }), { environment: {}, changedOn: "2026-11-24" });
  return createPriceBook(setups.flatMap((setup) => setup.models));
}

const inputs = (configured: readonly string[]): DecisionInputs => ({
  nowMs: Date.UTC(2026, 10, 24),
  shape: { inputTokens: 900, stablePrefixTokens: 0, outputTokensMax: 100, outputTokensExpected: 100, needs: [] },
  policy: {},
  isOffline: false,
  configured,
  cacheless: [],
  models: [],
});

function receipt(book: PriceBook, configured: readonly string[] = ["acme"]): Receipt {
  const decision = inputs(configured);
  const { candidates } = replayDecision(decision, book);
  const { provider = "", model = "" } = candidates[0] ?? {};
  const tokens = { ...noTokens, inputFresh: 900, outputText: 100 };
  const priced = book.price(provider, model, tokens);
  const attempt: Attempt = {
    ...{ provider, model, outcome: "answered", billed: "yes", startedAtMs: decision.nowMs, totalMs: 1 },
    usage: { tokens, source: "provider" },
    ...(priced.kind === "priced" && { cost: priced.cost }),
  };
  const chosen = { provider, model };
  const route = { chosen, reason: "", candidates, attempts: [attempt], priceBookId: book.id, inputs: decision };
  return receiptOf({ route });
}

const before = bookOf({ small: "1", large: "2" });
const watch = (receipts: readonly Receipt[], after: PriceBook, old: PriceBook | undefined = before) =>
  watchPrices({ receipts, after, ...(old && { before: old }), replay: replayDecision, today: "2026-11-24" });

describe("watchPrices", () => {
  it("finds nothing where nothing changes, nor in no receipts", () => {
    expect(watch([receipt(before)], before)).toMatchObject({
      ...{ receipts: 1, replayed: 1, reroutes: [], retiring: [] },
      repriced: { calls: 1, before: 1_000_000n, after: 1_000_000n, change: 0n, unpriced: 0 },
    });
    expect(watch([], before)).toMatchObject({ receipts: 0, repriced: { change: 0n } });
  });

  it("prices the same calls anew, signed", () => {
    const cheaper = watch([receipt(before), receipt(before)], bookOf({ small: "0.5", large: "2" }));
    expect(cheaper.repriced).toMatchObject({ calls: 2, before: 2_000_000n, after: 1_000_000n, change: -1_000_000n });
    const dearer = watch([receipt(before)], bookOf({ small: "1.5", large: "2" }));
    expect(dearer.repriced.change).toBe(500_000n);
    expect(dearer.reroutes).toEqual([]);
  });

  it("says which routes would change and what moving saves at the new prices", () => {
    const { reroutes } = watch([receipt(before), receipt(before)], bookOf({ small: "3", large: "2" }));
    expect(reroutes).toEqual([{ from: "acme/small", to: "acme/large", answers: 2, saved: 2_000_000n }]);
  });

  it("compares with what was recorded where the old prices are gone", () => {
    const after = bookOf({ small: "3", large: "2" });
    const result = watchPrices({ receipts: [receipt(before)], after, replay: replayDecision, today: "2026-11-24" });
    expect(result).toMatchObject({ repriced: { before: 1_000_000n, after: 3_000_000n }, reroutes: [{ answers: 1 }] });
  });

  it("names models that end soon or have ended, with the answers that they gave", () => {
    const soon = watch([receipt(before)], bookOf({ small: "1", large: "2", retires: "2026-12-24" }));
    expect(soon.retiring).toEqual([{ model: "acme/small", retiresOn: "2026-12-24", daysLeft: 30, answers: 1 }]);
    const late = watch([receipt(before)], bookOf({ small: "1", large: "2", retires: "2027-12-24" }));
    expect(late.retiring).toEqual([]);
    expect(watch([receipt(before)], bookOf({ small: "1", large: "2", retires: "2026-11-01" })).reroutes).toMatchObject([
      { from: "acme/small" },
    ]);
  });

  it("tells when local and API change places", () => {
    const both = ["acme", "here"];
    const [local, api] = [
      bookOf({ small: "1", large: "2", here: "0.8" }),
      bookOf({ small: "0.5", large: "2", here: "0.8" }),
    ];
    expect(watch([receipt(local, both)], api, local).localAgainstApi).toEqual({
      ...{ compared: 1, marginBefore: 200_000n, marginAfter: -300_000n, movedToLocal: 0, movedToApi: 1 },
    });
    expect(watch([receipt(api, both)], local, api).localAgainstApi).toMatchObject({ movedToLocal: 1, movedToApi: 0 });
    expect(watch([receipt(before)], before).localAgainstApi.compared).toBe(0);
  });

  it("counts calls without a price on a side, and takes no receipt of before decisions were kept for replayed", () => {
    const { inputs: _, ...route } = receipt(before).route;
    const old = receiptOf({ route: { ...route, attempts: [{ ...(route.attempts[0] as Attempt), provider: "gone" }] } });
    expect(watch([old], before)).toMatchObject({ replayed: 0, repriced: { calls: 0, unpriced: 1 } });
    const own = route.attempts.map((each) => ({ ...each, usage: { ...each.usage, billedCost: nanoUsd(1n) } as never }));
    const billed = receiptOf({ route: { ...route, attempts: own } });
    const noBefore = watchPrices({ receipts: [billed], after: before, replay: replayDecision, today: "2026-11-24" });
    expect(noBefore.repriced).toMatchObject({ calls: 0, unpriced: 1 });
  });
});
