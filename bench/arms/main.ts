import { nanoUsd, noTokens } from "@larder/contracts";
import { createPriceBook, readCatalog } from "@larder/generator-router";
import { createObservedArrivals, createSavingsCalculator } from "@larder/savings";

/** What the ways not taken add to an answer: microseconds to price them, bytes of a receipt. `npm run bench:arms` */
const rounds = 20_000;
const book = createPriceBook(readCatalog().models);
const [entry] = book
  .models()
  .filter(({ rates, cache, contextTokens }) => rates && cache && (contextTokens ?? 0) > 150_000);
if (entry === undefined) throw new Error("The catalog has no model with a cache.");
const savings = createSavingsCalculator();
const arrivals = createObservedArrivals();
const name = `${entry.provider}/${entry.model}`;
const knowledgeBaseId = "kb_bench" as Parameters<typeof arrivals.rate>[1];
for (let i = 0; i < 64; i += 1) arrivals.observe({ model: name, knowledgeBaseId, atMs: i * 60_000 });
const actual = { ...noTokens, inputFresh: 4_600, outputText: 300 };

const counterfactuals = (round: number) =>
  savings.counterfactuals({
    priceBook: book,
    provider: entry.provider,
    model: entry.model,
    corpusTokens: 50_000 + round,
    overheadTokens: 600,
    topDocumentTokens: 9_000,
    actual,
    actualCost: nanoUsd(1_234_567n),
    tokenRatio: 1.03,
    traffic: arrivals.rate(name, knowledgeBaseId, 64 * 60_000),
  });

for (let round = 0; round < 2_000; round += 1) counterfactuals(round);
const startMs = performance.now();
for (let round = 0; round < rounds; round += 1) savings.headline(counterfactuals(round));
const micros = ((performance.now() - startMs) * 1_000) / rounds;
const text = JSON.stringify(counterfactuals(0), (_, value) => (typeof value === "bigint" ? `${value}n` : value));
process.stdout.write(
  `${name}: ${micros.toFixed(1)} µs for all arms and the headline, ${text.length} bytes in a receipt\n`,
);
