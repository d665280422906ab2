import type { Attempt, Receipt, UsageTokens } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { book } from "../../test/reference-prices.ts";
import type { InvoiceLine } from "./invoice-shapes.ts";
import { modelKey } from "./ledger-lines.ts";
import { reconcileInvoice } from "./reconcile-invoice.ts";

const noon = Date.UTC(2026, 10, 21, 12);

function call(tokens: Partial<UsageTokens>, change: Partial<Attempt> = {}): Attempt {
  const all = { ...noTokens, ...tokens };
  const priced = book.price("p", "sonnet-5.5", all);
  return {
    ...{ provider: "p", model: "sonnet-5.5", outcome: "answered", billed: "yes", startedAtMs: noon, totalMs: 1 },
    usage: { tokens: all, source: "provider" },
    ...(priced.kind === "priced" && { cost: priced.cost }),
    ...change,
  };
}
async function* receiptsOf(...attempts: readonly Attempt[]): AsyncGenerator<Receipt> {
  for (const attempt of attempts) {
    yield receiptOf({ route: { reason: "", candidates: [], attempts: [attempt], priceBookId: book.id } });
  }
}
const reconcile = (lines: readonly InvoiceLine[], ...attempts: readonly Attempt[]) =>
  reconcileInvoice(lines, receiptsOf(...attempts), book);
const line = (change: Partial<InvoiceLine>): InvoiceLine => ({
  ...{ day: "2026-11-21", model: "Sonnet 5.5", bucket: "all" },
  ...change,
});

/** $2 a million in, $0.10 read, $10 out: 2,000 + 100 + 1,000 micro-dollars. */
const mixed = { inputFresh: 1_000, inputCacheRead: 1_000, outputText: 100 };

describe("an invoice beside the ledger", () => {
  it("agrees to the last digit where both say the same, by bucket", async () => {
    const lines = [
      line({ bucket: "input_fresh", cost: nanoUsd(2_000_000n) }),
      line({ bucket: "input_cache_read", cost: nanoUsd(100_000n) }),
      line({ bucket: "output", cost: nanoUsd(1_000_000n) }),
    ];
    const { lines: compared, cost, onlyLedger, onlyInvoice } = await reconcile(lines, call(mixed));
    expect(compared.map((each) => each.cost?.drift)).toEqual([0n, 0n, 0n]);
    expect(cost).toEqual({ ledger: 3_100_000n, invoice: 3_100_000n, drift: 0n, ratio: 0 });
    expect([onlyLedger, onlyInvoice]).toEqual([0, 0]);
  });

  it("sets the ledger once against a model that the invoice spells in two ways, or tells in two lines", async () => {
    const half = nanoUsd(1_550_000n);
    const lines = [line({ cost: half }), line({ model: "p/sonnet-5.5-20260801:free", cost: half })];
    const result = await reconcile(lines, call(mixed));
    expect(result.lines).toHaveLength(1);
    expect(result.cost).toEqual({ ledger: 3_100_000n, invoice: 3_100_000n, drift: 0n, ratio: 0 });
  });

  it("says what the ledger missed below 0, and what nobody billed above it", async () => {
    const missed = await reconcile([line({ cost: nanoUsd(6_200_000n) })], call(mixed));
    expect(missed.cost).toMatchObject({ drift: -3_100_000n, ratio: -0.5 });
    const unbilled = await reconcile([line({ cost: nanoUsd(3_100_000n) })], call(mixed), call(mixed));
    expect(unbilled.cost).toMatchObject({ drift: 3_100_000n, ratio: 1 });
  });

  it("nets nothing: a day or model that one side alone has is a drift of all of it", async () => {
    const elsewhere = call(mixed, { model: "haiku-5.5", cost: nanoUsd(9n) });
    const result = await reconcile(
      [line({ cost: nanoUsd(5n), model: "opus" }), line({ cost: nanoUsd(3_100_000n) })],
      call(mixed),
      elsewhere,
    );
    expect(result).toMatchObject({ onlyLedger: 1, onlyInvoice: 1, cost: { drift: 4n } });
    expect(result.lines.map(({ model, cost }) => [model, cost?.drift])).toEqual([
      ["Sonnet 5.5", 0n],
      ["haiku-5-5", 9n],
      ["opus", -5n],
    ]);
    expect(result.models.map(({ model }) => model)).toEqual(["haiku-5-5", "opus", "sonnet-5-5"]);
  });

  it("nets nothing within a model either: a bucket that the invoice does not tell of is a drift of all of it", async () => {
    const lines = [
      line({ bucket: "input_fresh", cost: nanoUsd(2_000_000n) }),
      line({ bucket: "output", cost: nanoUsd(1_000_000n) }),
    ];
    const result = await reconcile(lines, call(mixed));
    expect(result.lines.map(({ model, bucket, cost }) => [model, bucket, cost?.drift])).toEqual([
      ["Sonnet 5.5", "input_fresh", 0n],
      ["Sonnet 5.5", "output", 0n],
      ["Sonnet 5.5", "input_cache_read", 100_000n],
    ]);
    expect(result).toMatchObject({ onlyLedger: 0, cost: { ledger: 3_100_000n, invoice: 3_000_000n, drift: 100_000n } });
  });

  it("counts nothing twice where an export tells some buckets finely and the rest as one", async () => {
    const lines = [
      line({ bucket: "output", cost: nanoUsd(1_000_000n) }),
      line({ bucket: "all", cost: nanoUsd(2_100_000n) }),
    ];
    const { lines: compared, cost } = await reconcile(lines, call(mixed));
    expect(compared.map((each) => each.cost?.drift)).toEqual([0n, 0n]);
    expect(cost).toMatchObject({ ledger: 3_100_000n, drift: 0n });
  });

  it("compares tokens where the invoice has no money, whole sides where it tells only sides", async () => {
    const lines = [line({ bucket: "input", tokens: 2_000 }), line({ bucket: "output", tokens: 90 })];
    const { tokens, cost, lines: compared } = await reconcile(lines, call(mixed));
    expect(cost).toBeUndefined();
    expect(tokens).toMatchObject({ ledger: 2_100, invoice: 2_090, drift: 10 });
    expect(compared.map((each) => each.tokens?.drift)).toEqual([0, 10]);
  });

  it("looks at the days of the invoice and the calls of its provider alone, and counts what has no price", async () => {
    const { cost: _, ...unpriced } = call(mixed);
    const lines = [line({ cost: nanoUsd(3_100_000n) })];
    const attempts = [
      call(mixed),
      call(mixed, { startedAtMs: noon + 86_400_000 }),
      call(mixed, { billed: "no" }),
      unpriced,
    ];
    expect(await reconcile(lines, ...attempts)).toMatchObject({ cost: { drift: 0n }, unpricedCalls: 1 });
    const others = await reconcileInvoice(lines, receiptsOf(call(mixed, { provider: "q" }), call(mixed)), book, "p");
    expect(others.cost?.drift).toBe(0n);
  });

  it("divides each call's cost among its buckets without a remainder", async () => {
    const tokens = fc.record({ inputFresh: fc.nat(9_999), inputCacheRead: fc.nat(9_999), outputText: fc.nat(999) });
    await fc.assert(
      fc.asyncProperty(fc.array(tokens, { maxLength: 5 }), async (calls) => {
        const attempts = calls.map((each) => call(each));
        const buckets = ["input_fresh", "input_cache_read", "output"] as const;
        const result = await reconcile(
          buckets.map((bucket) => line({ bucket, cost: nanoUsd(0n) })),
          ...attempts,
        );
        expect(result.cost?.ledger).toBe(attempts.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n));
      }),
    );
  });
});

it.each([
  ["Claude Haiku 4.5", "anthropic/claude-haiku-4-5-20251001"],
  ["gpt-4o-2024-08-06", "gpt-4o"],
  ["deepseek/deepseek-v3.2:free", "deepseek-v3-2"],
  ["deepseek/deepseek-chat-20250324:free", "deepseek-chat"],
])("%s is %s", (a, b) => {
  expect(modelKey(a)).toBe(modelKey(b));
});
