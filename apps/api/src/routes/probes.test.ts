import type { ReceiptId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { nanoUsdCeiling } from "@larder/testkit";
import { expect, it } from "vitest";
import { openGateway } from "../../test/open-gateway.ts";
import { readReply } from "../../test/read-reply.ts";

const call = { signal: AbortSignal.timeout(20_000) };

interface Body {
  readonly results: readonly {
    readonly flag: string;
    readonly receipt_id: string | null;
    readonly cost_usd: string | null;
  }[];
}

it("writes every call of a probe down, and spends it like any other money", async () => {
  await using gateway = await openGateway();
  const { ledger, budgets } = gateway.larder;
  await budgets.putBudget({ scope: "total", window: "day", limit: nanoUsd(1_000_000_000n) }, call);
  const probe = (model: string) =>
    fetch(`${gateway.url}/model-probes`, {
      method: "POST",
      body: JSON.stringify({ model }),
      headers: { "content-type": "application/json" },
    });
  const { results } = (await readReply(probe("acme/small"))) as unknown as Body;
  const billed = gateway.provider.records.reduce((sum, { bill }) => sum + nanoUsdCeiling(bill), 0n);
  expect(billed).toBeGreaterThan(0n);
  expect(await ledger.usage({ fromMs: 0, toMs: Date.now() + 1_000 }, "knowledge_base", call)).toMatchObject([
    { key: "none", attempts: gateway.provider.arrivals, cost: billed, unpricedAttempts: 0 },
  ]);
  expect(await budgets.budgets(call)).toMatchObject([{ spent: billed, held: 0n, reserved: 0n }]);
  for (const { flag, receipt_id: id } of results) {
    const receipt = await ledger.receipt(id as ReceiptId, call);
    expect(receipt).toMatchObject({ promptTemplateId: `probe:${flag}`, costBasis: "billed" });
    expect(receipt.route.attempts.map(({ reservation }) => reservation?.ending)).toEqual(
      receipt.route.attempts.map(() => "settled"),
    );
  }
  await budgets.putBudget({ scope: "total", window: "day", limit: nanoUsd(1n) }, call);
  const before = gateway.provider.arrivals;
  const refused = (await readReply(probe("acme/large"))) as unknown as Body;
  expect(refused.results[0]).toMatchObject({
    outcome: "unknown",
    receipt_id: null,
    error: { code: "BUDGET_EXHAUSTED" },
  });
  expect(gateway.provider.arrivals).toBe(before);
});
