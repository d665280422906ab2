import type { Attempt, KnowledgeBaseId, Receipt, ReceiptId } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import { testCall as call } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

const attempt: Attempt = {
  provider: "acme",
  model: "m-small",
  outcome: "answered",
  billed: "yes",
  cost: nanoUsd(140_000n),
  usage: {
    tokens: { ...noTokens, inputFresh: 10, inputCacheWriteLong: 5, outputText: 3 },
    source: "provider",
    searches: 2,
    lane: "batch",
    region: "eu",
    billedCost: nanoUsd(140_000n),
  },
  startedAtMs: Date.UTC(2026, 10, 24),
  totalMs: 9,
};
const receipt: Receipt = {
  id: "rcp_000000000001" as ReceiptId,
  knowledgeBaseId: "kb_a0000000000" as KnowledgeBaseId,
  createdAtMs: Date.UTC(2026, 10, 24),
  basis: "generated",
  isGrounded: true,
  questionSha256: "0".repeat(64),
  promptTemplateId: "answer@1",
  retrieverId: "hybrid@1",
  embedderId: "embedder@1" as Receipt["embedderId"],
  priceBookId: "prices-1",
  hits: [],
  evidenceTokens: 90,
  corpusTokens: 10_000,
  tokenCounterId: "o200k",
  route: {
    reason: "The cheapest.",
    candidates: [],
    attempts: [attempt, { ...attempt, model: "m-large" }],
    priceBookId: "prices-1",
    pricesAsOf: "2026-08-01",
  },
  costBasis: "billed",
  counterfactuals: [],
  timingsMs: { retrieve: 1, generate: 2, total: 4 },
};

it("keeps one row an attempt, each with what its cost can be worked out from again", async () => {
  await using store = await openTemporaryStore();
  await store.ledger.record(receipt, call);
  const reader = new Sqlite(store.file, { readonly: true });
  const rows = reader.prepare("SELECT * FROM ledger_entries ORDER BY position").all();
  reader.close();
  expect(rows).toMatchObject([{ model: "acme/m-small" }, { model: "acme/m-large" }]);
  expect(rows[0]).toMatchObject({
    cost_nano_usd: 140_000,
    billed_nano_usd: 140_000,
    input_cache_write_long_tokens: 5,
    searches: 2,
    lane: "batch",
    region: "eu",
    price_book_id: "prices-1",
    prices_as_of: "2026-08-01",
  });
});
