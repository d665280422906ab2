import type { ModelEntry, NanoUsdPerMTok } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { expect, it } from "vitest";
import { atEqualQuality } from "../src/equal-quality.ts";
import type { Figures } from "../src/figures.ts";
import type { EvidencePiece, RunArm } from "../src/run-ports.ts";
import { evidenceAllowance, fitPieces, promptTokensOf, writeRunPrompt } from "../src/run-prompt.ts";
import { askerOf, conduct, forgetfulArm, goldArm, portsOf, priceBook, registrationOf, setOf } from "./open-run.ts";

const set = setOf(120, 20);

it("lets the other arm have its own smallest budget that is good enough, S@q*", () => {
  const [question] = set.questions;
  if (question === undefined) return expect.unreachable();
  const questions = Array.from({ length: 200 }, (_, i) => ({ ...question, cluster: `document ${i}` })); // enough to be sure
  const figures = (arm: Figures["arm"], budget: number): Figures => {
    const each = <T>(value: T): readonly T[] => questions.map(() => value);
    return {
      ...{ arm, budget, questions, quality: each(1), cost: each(budget), tokens: each(budget) },
      ...{ totalMs: undefined, costByRun: undefined, observations: [] },
    };
  };
  const options = { margin: 0.02, seed: 1, isComplete: true };
  const ours = [figures("larder", 1_024), figures("larder", 4_096)];
  const theirs = [figures("lexical_passages", 512), figures("lexical_passages", 4_096)];
  // 1 - cost(B_x(q*)) / cost(B_b(q*)) with 512 for the other: a loss of half, not the gain that 4,096 would show.
  expect(atEqualQuality(ours, theirs, options)).toMatchObject({
    our_budget_tok: 1_024,
    baseline_budget_tok: 512,
    usd_ratio: -1,
  });
  expect(atEqualQuality(ours, theirs, { ...options, isComplete: false })).toMatchObject({ usd_ratio: null });
});

it("earns nothing in the headline with questions that are answered without any documents", async () => {
  const arms = [goldArm("larder", () => 100), goldArm("stuff_cached", () => 5_000)];
  const closed: RunArm = { id: "closed_book", find: async () => ({ pieces: [], tokens: 0 }) };
  const registration = registrationOf(set, { arms: ["larder", "stuff_cached", "closed_book"] });
  const report = await conduct(registration, set, portsOf({ arms: [...arms, closed], asker: askerOf() }));
  expect(report.headline).toContain("Verdict against no documents at all: costs_more.");
  expect(report.warnings.join(" ")).toContain("100 % of the questions are answered without any documents");
  const needed = portsOf({ arms: [...arms, closed], asker: askerOf((_, __, prompt) => answerOf(prompt)) });
  expect((await conduct(registration, set, needed)).headline).toContain("Verdict against the whole corpus");
});

const answerOf = (prompt: string) => (prompt.includes("\n<evidence>\n# ") ? {} : { text: "unknown" });

it("keeps a single piece within what was planned, its text cut where its title is long", () => {
  const counter = { id: "words", count: (text: string) => text.split(/\s+/).length };
  const question = { id: "q", text: "Who?" };
  const piece: EvidencePiece = {
    ...{ documentId: "d", start: 5, end: 5 + 5 * 64 },
    ...{ title: "word ".repeat(70).trim(), text: "word ".repeat(64) },
  };
  const fitted = fitPieces("lexical_passages", question, [piece, piece], 64, counter);
  const size = (pieces: readonly EvidencePiece[]) =>
    promptTokensOf(writeRunPrompt("lexical_passages", question, pieces), counter);
  expect(size([piece]) - size([])).toBeGreaterThan(evidenceAllowance(64));
  expect(size(fitted) - size([])).toBeLessThanOrEqual(evidenceAllowance(64));
  expect(fitted).toHaveLength(1);
  expect(fitted[0]?.end).toBe(5 + (fitted[0]?.text.length ?? 0));
});

const rate = (usd: number) => BigInt(usd * 1e9) as NanoUsdPerMTok;
const entry: ModelEntry = {
  ...{ provider: "acme", model: "m", isLocal: false, regions: [], contextTokens: 100_000, outputTokensMax: null },
  ...{ rates: { inputFresh: rate(1), outputText: rate(5) }, tiers: [], cache: null, capabilities: [], quality: null },
  cards: { batch: { rates: { inputFresh: rate(0.5), outputText: rate(2.5) }, tiers: [] } },
  sources: [{ name: "test", asOf: "2026-11-01" }],
};

it("says of every arm that no run takes why, and what the index costs", async () => {
  const arms = [goldArm("larder", (budget) => budget ?? 0), forgetfulArm("lexical_passages", 4)];
  const registration = registrationOf(set, { arms: ["larder", "lexical_passages"], metric: "evidence_recall" });
  const report = await conduct(registration, set, portsOf({ arms }));
  expect(report.infeasible.map(({ arm }) => arm)).toEqual(["previous_release", "local_preload"]);
  expect(report.batch_lane).toMatchObject({ feasible: false, reason: "No model with a price is named." });
  expect(report.index_amortised).toMatchObject({ llm_tok_per_query: 0, usd_per_query: "0.000000000" });
});

it("prices both sides at the batch lane, from the same tokens", async () => {
  const arms = [goldArm("larder", () => 100), goldArm("stuff_cached", () => 5_000)];
  const batched: typeof priceBook = {
    ...priceBook,
    find: () => entry,
    price: (provider, model, tokens, terms) => {
      const priced = priceBook.price(provider, model, tokens);
      return terms?.lane === "batch" && priced.kind === "priced"
        ? { kind: "priced", cost: nanoUsd(priced.cost / 2n) }
        : priced;
    },
  };
  const registration = registrationOf(set, { metric: "evidence_recall" });
  const report = await conduct(registration, set, portsOf({ arms, priceBook: batched }));
  const [ours, stuffed] = report.batch_lane?.rows ?? [];
  expect(report.batch_lane).toMatchObject({ feasible: true, basis: "modelled_local" });
  expect(ours).toMatchObject({ arm: "larder", saved_ratio: 0 });
  for (const row of [ours, stuffed]) {
    const standard = report.arms.find(({ id }) => id === row?.arm)?.usd_per_1k;
    expect(Number(row?.usd_per_1k)).toBeCloseTo(Number(standard) / 2, 8);
  }
  // Half of both sides: the same ratio as at the standard lane.
  expect(stuffed?.saved_ratio).toBeCloseTo(report.comparisons[0]?.savings?.usd?.ratio ?? Number.NaN, 4);
});
