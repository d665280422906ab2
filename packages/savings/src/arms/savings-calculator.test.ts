import type { ArmId } from "@larder/contracts";
import { armIds, armRules, nanoUsd, noTokens } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arm, ask, book, calculator } from "../../test/reference-prices.ts";

const stuffing: readonly ArmId[] = ["stuff_cold", "stuff_warm", "stuff_cached"];

describe("verdicts", () => {
  it("says costs_more when a warm cache is cheaper, and headlines that arm", () => {
    const candidates = calculator.counterfactuals(ask("gpt-6.1-terra", 50_000));
    expect(candidates.map(({ arm }) => arm)).toEqual(armIds);
    const verdictOf = (id: ArmId) => candidates.find(({ arm }) => arm === id)?.saved.verdict;
    expect(stuffing.map(verdictOf)).toEqual(["saves", "costs_more", "saves"]);
    expect(calculator.headline(candidates)).toMatchObject({ arm: "stuff_warm", saved: { verdict: "costs_more" } });
  });

  it("finds no measurable effect where both cost the same", () => {
    const { saved } = arm(ask("deepseek-flash", 200_000), "stuff_warm");
    expect(saved.cost).toBe(0n);
    expect(saved.verdict).toBe("no_measurable_effect");
  });

  it("claims no money for a corpus that does not fit the window, and no token above it", () => {
    const question = ask("no-cache", 50_000_000);
    for (const candidate of stuffing.map((id) => arm(question, id))) {
      expect(candidate.isFeasible).toBe(false);
      expect(candidate.reason).toContain("126,976");
      expect(candidate.cost).toBeUndefined();
      expect(candidate.tokens).toBe(128_000 - 1_024);
      expect(candidate.saved).toEqual({ tokens: 128_000 - 1_024 - 4_600, verdict: "capability_only" });
    }
    expect(calculator.headline(calculator.counterfactuals(question))).toBeUndefined();
  });

  it("prices a warm cache as fresh input where the model has no cache rate", () => {
    const question = ask("no-cache", 50_000);
    expect(arm(question, "stuff_warm").cost).toBe(arm(question, "stuff_cold").cost);
  });

  it.each(["no-window", "unheard-of"])("establishes nothing for %s", (model) => {
    for (const candidate of calculator.counterfactuals(ask(model, 50_000))) {
      expect(candidate.isFeasible).toBe(false);
      expect(candidate.saved).toEqual({ tokens: 0, verdict: "not_established" });
    }
  });

  it("establishes nothing in money where our own cost is not known", () => {
    const { actualCost: _, ...unpriced } = ask("sonnet-5.5", 50_000);
    const { cost, saved } = arm(unpriced, "stuff_cold");
    expect(cost).toBeDefined();
    expect(saved).toEqual({ tokens: 50_600 - 4_600, verdict: "not_established" });
  });

  it("scales our counts to the model's and says so", () => {
    const { tokens, assumption } = arm(ask("sonnet-5.5", 50_000, { tokenRatio: 1.3 }), "stuff_cold");
    expect(tokens).toBe(65_780);
    expect(assumption).toContain("1.300");
    expect(arm(ask("sonnet-5.5", 50_000, { tokenRatio: Number.NaN }), "stuff_cold").tokens).toBe(50_600);
  });

  it("headlines nothing when there is nothing", () => {
    expect(calculator.headline([])).toBeUndefined();
  });
});

describe("the other ways", () => {
  it("say what is known of their quality, and one of unknown quality is never the headline", () => {
    const candidates = calculator.counterfactuals(ask("sonnet-5.5", 900_000, { topDocumentTokens: 700 }));
    for (const { arm, quality } of candidates) expect(quality).toBe(armRules[arm].quality);
    const cheap = candidates.filter(({ arm }) => arm === "closed_book" || arm === "top_document");
    for (const { cost, saved } of cheap) {
      expect(cost ?? 0n).toBeLessThan(ask("sonnet-5.5", 0).actualCost ?? 0n);
      expect(saved.verdict).toBe("costs_more");
    }
    expect(calculator.headline(candidates)?.arm).toBe("stuff_warm");
    expect(calculator.headline(cheap)).toBeUndefined();
    expect(calculator.headline(cheap.map((each) => ({ ...each, quality: "measured" as const })))).toBeUndefined();
  });

  it("cost by hand: nothing but the question, and the one document", () => {
    expect(arm(ask("sonnet-5.5", 50_000), "closed_book")).toMatchObject({
      tokens: 600,
      cost: 600n * 2_000n + 3_000_000n,
    });
    const pasted = arm(ask("sonnet-5.5", 50_000, { topDocumentTokens: 9_000 }), "top_document");
    expect(pasted).toMatchObject({ tokens: 9_600, cost: 9_600n * 2_000n + 3_000_000n });
    expect(arm(ask("sonnet-5.5", 50_000), "top_document")).toMatchObject({ isFeasible: false, saved: { tokens: 0 } });
  });

  it("cut at the window only what does not fit it", () => {
    expect(arm(ask("no-cache", 50_000), "stuff_truncated").reason).toBe(
      "The whole knowledge base fits, so nothing is cut.",
    );
    const cut = arm(ask("no-cache", 50_000_000), "stuff_truncated");
    expect(cut).toMatchObject({ isFeasible: true, tokens: 126_976, saved: { verdict: "saves" } });
  });

  it("cost exactly what ours cost where they send as many tokens", () => {
    for (const id of ["random_passages", "lexical_passages"] as const) {
      const { saved, quality } = arm(ask("sonnet-5.5", 50_000), id);
      expect([saved, quality]).toEqual([{ tokens: 0, cost: nanoUsd(0n), verdict: "no_measurable_effect" }, "unknown"]);
    }
  });

  it("are left to runs where nobody can ask them of a live question", () => {
    for (const id of ["previous_release", "oracle_evidence"] as const) {
      expect(arm(ask("sonnet-5.5", 50_000), id)).toMatchObject({
        isFeasible: false,
        reason: expect.stringMatching(/ /),
      });
    }
  });

  it("compare batch with batch, and only for who can wait", () => {
    const waiting = ask("gpt-6.1-terra", 200_000, { isBatchAllowed: true });
    const { cost = 0n, saved } = arm(waiting, "batch");
    const [theirs, ours] = [200_600n * 500n + 750_000n, 4_600n * 500n + 750_000n];
    expect([cost, saved.cost]).toEqual([theirs, theirs - ours]);
    expect(calculator.headline(calculator.counterfactuals(waiting))?.arm).toBe("stuff_warm");
    expect(arm(ask("gpt-6.1-terra", 200_000), "batch").reason).toContain("batch_ok");
    expect(arm(ask("sonnet-5.5", 200_000, { isBatchAllowed: true }), "batch").reason).toBe(
      "p/sonnet-5.5 has no batch price.",
    );
  });

  it("are priced in the lane that the answer was served in", () => {
    const served = ask("gpt-6.1-terra", 200_000, { terms: { lane: "batch" } });
    expect(arm(served, "stuff_cold").cost).toBe(200_600n * 500n + 750_000n);
    expect(served.actualCost).toBe(4_600n * 500n + 750_000n);
    expect(arm(served, "batch").reason).toContain("batch lane");
  });

  it("keep a local model's memory only where there is one, and only what fits it", () => {
    const here = ask("m", 20_000, { provider: "here" });
    expect(arm(here, "local_preload")).toMatchObject({
      isFeasible: true,
      tokens: 20_600,
      cost: 0n,
      quality: "presumed",
    });
    expect(arm(ask("m", 50_000, { provider: "here" }), "local_preload").saved.verdict).toBe("capability_only");
    expect(arm(ask("sonnet-5.5", 20_000), "local_preload").reason).toBe("p/sonnet-5.5 does not run here.");
  });
});

describe("for any corpus and any answer", () => {
  const models = fc.constantFrom("gpt-6.1-terra", "sonnet-5.5", "haiku-5.5", "gemini-3.1-pro", "no-cache");
  const usage = fc.record({ inputFresh: fc.nat(2_000_000), outputText: fc.nat(20_000) });

  it("is signed, adds up and never passes the window", () => {
    fc.assert(
      fc.property(models, fc.nat(3_000_000), usage, (model, corpusTokens, tokens) => {
        const actual = { ...noTokens, ...tokens };
        const question = ask(model, corpusTokens, { actual });
        const window = book.find("p", model)?.contextTokens ?? 0;
        for (const candidate of stuffing.map((id) => arm(question, id))) {
          expect(candidate.tokens + actual.outputText).toBeLessThanOrEqual(
            window + (actual.outputText > window ? actual.outputText : 0),
          );
          expect(candidate.tokens - candidate.saved.tokens).toBe(actual.inputFresh);
          if (candidate.saved.cost === undefined) {
            expect(candidate.saved.verdict).toBe("capability_only");
          } else {
            expect((candidate.cost ?? 0n) - candidate.saved.cost).toBe(question.actualCost);
            expect(candidate.saved.verdict === "saves").toBe(candidate.saved.cost > 0n);
            expect(candidate.saved.verdict === "costs_more").toBe(candidate.saved.cost < 0n);
          }
        }
      }),
    );
  });

  it("saves exactly nothing against itself", () => {
    fc.assert(
      fc.property(models, fc.nat(100_000), fc.nat(2_000), (model, corpusTokens, outputText) => {
        const actual = { ...noTokens, inputFresh: corpusTokens + 600, outputText };
        const { saved } = arm(ask(model, corpusTokens, { actual }), "stuff_cold");
        expect(saved).toEqual({ tokens: 0, cost: nanoUsd(0n), verdict: "no_measurable_effect" });
      }),
    );
  });

  it("lists every arm, with tokens that add up and no prompt above the window", () => {
    const change = fc.record({ topDocumentTokens: fc.nat(2_000_000), isBatchAllowed: fc.boolean() });
    fc.assert(
      fc.property(models, fc.nat(3_000_000), change, (model, corpusTokens, more) => {
        const question = ask(model, corpusTokens, more);
        const candidates = calculator.counterfactuals(question);
        expect(candidates.map(({ arm }) => arm)).toEqual(armIds);
        for (const { tokens, saved, isFeasible, reason, cost } of candidates) {
          expect(tokens - saved.tokens).toBe(4_600);
          expect(tokens).toBeLessThanOrEqual((book.find("p", model)?.contextTokens ?? 0) - 1_024);
          expect(isFeasible).toBe(reason === undefined);
          expect(isFeasible).toBe(cost !== undefined);
        }
        const headline = calculator.headline(candidates);
        const sure = candidates.filter(({ quality, isFeasible }) => quality === "presumed" && isFeasible);
        for (const { arm, cost = 0n } of sure) {
          if (arm !== "batch") expect(headline?.cost ?? 0n).toBeLessThanOrEqual(cost);
        }
      }),
    );
  });

  it("never makes a larger corpus cheaper to send", () => {
    fc.assert(
      fc.property(models, fc.nat(60_000), fc.nat(60_000), (model, a, b) => {
        const [small, large] = a <= b ? [a, b] : [b, a];
        for (const id of ["stuff_cold", "stuff_warm"] as const) {
          expect(arm(ask(model, small), id).cost ?? 0n).toBeLessThanOrEqual(arm(ask(model, large), id).cost ?? 0n);
        }
      }),
    );
  });
});
