import { evidenceTexts } from "@larder/contracts";
import { ofDocuments } from "@larder/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { openManuals } from "../test/open-manuals.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const { parts, carManual, kitchen, retriever, ask, askWhole, close } = await openManuals();
afterAll(close);

describe("a retriever under a budget", () => {
  it("judges every sentence of the candidates, whatever fits", async () => {
    const judged = await retriever().judge(ask("oil tyre airbag", { limit: 1, tokenBudget: 5 }), call);
    const texts = judged.map(({ passage, sentence }) => passage.passage.text.slice(sentence.start, sentence.end));
    expect(texts).toContain("The tyre pressure is printed inside the fuel flap.");
    expect(new Set(texts).size).toBeGreaterThan(3);
    for (const { passage, features } of judged) {
      expect(features.passage).toBe(passage.score);
      for (const feature of Object.values(features)) {
        expect(feature).toBeGreaterThanOrEqual(0);
        expect(feature).toBeLessThanOrEqual(1);
      }
    }
    await expect(retriever().judge(ask(""), call)).rejects.toMatchObject({ code: "QUERY_EMPTY" });
  });

  it("gives whole passages without a budget, and no report of one", async () => {
    const retrieval = await retriever().retrieve(askWhole("oil of the car", { limit: 1 }), call);
    expect(retrieval.evidence.map(({ text }) => text)).toEqual(["Change the oil of the car every 15,000 kilometres."]);
    expect(retrieval.budget).toBeUndefined();
    const two = await retriever().retrieve(askWhole("oil of the car", { limit: 2 }), call);
    expect(two.evidence.map(({ documentId }) => documentId)).toEqual([carManual, kitchen]);
  });

  it("says what became of a budget and never costs more", async () => {
    let recall = 0;
    for (const tokenBudget of [1, 10, 20, 40, 80, 2_000]) {
      const { evidence, tokens, budget } = await retriever().retrieve(ask("oil tyre airbag", { tokenBudget }), call);
      const sent = evidenceTexts(evidence).reduce((sum, text) => sum + parts.tokenCounter.count(text), 0);
      expect(sent).toBe(tokens);
      expect(tokens).toBeLessThanOrEqual(tokenBudget);
      expect(budget).toMatchObject({ asked: tokenBudget, tokensMax: tokenBudget });
      expect(budget?.predictedRecall).toBeGreaterThanOrEqual(recall);
      recall = budget?.predictedRecall ?? Number.NaN;
    }
    expect(recall).toBeCloseTo(1);
  });

  it("takes by itself fewer tokens than it may where few hold most of the evidence", async () => {
    const all = await retriever().retrieve(ask("airbag module XK-17", { tokenBudget: 4_000 }), call);
    const auto = await retriever({ settings: { autoTokensMin: 0 } }).retrieve(
      ask("airbag module XK-17", { tokenBudget: "auto" }),
      call,
    );
    expect(auto.evidence[0]?.text).toContain("airbag");
    expect(auto.tokens).toBeLessThan(all.tokens);
    expect(auto.budget).toEqual({ asked: "auto", tokensMax: 4_000, predictedRecall: expect.any(Number) });
    expect(auto.budget?.predictedRecall).toBeGreaterThanOrEqual(0.95);
    const small = retriever({ settings: { autoTokensMin: 0, autoTokensMax: 15 } });
    const capped = await small.retrieve(ask("airbag module XK-17", { tokenBudget: "auto" }), call);
    expect(capped.tokens).toBeLessThanOrEqual(15);
    expect(capped.budget?.tokensMax).toBe(15);
  });

  it("packs one search under every limit as a search for each would be", async () => {
    const { limit: _, ...question } = askWhole("oil tyre airbag");
    const search = await retriever().rank(question, call);
    for (const limits of [{ limit: 2 }, { limit: 9, tokenBudget: 30 }, { limit: 9, tokenBudget: "auto" as const }]) {
      const { timingsMs, ...packed } = search.pack(limits);
      const { timingsMs: others, ...retrieved } = await retriever().retrieve({ ...question, ...limits }, call);
      expect(packed).toEqual(retrieved);
      expect(packed.evidence.length).toBeGreaterThan(0);
      expect(Object.keys(timingsMs)).toEqual(Object.keys(others));
      expect(timingsMs.total).toBeGreaterThan(timingsMs.pack); // a user would have waited for the search too
    }
    await expect(retriever().rank({ ...question, text: " " }, call)).rejects.toMatchObject({ code: "QUERY_EMPTY" });
  });

  it("reports a budget also when there is nothing to find", async () => {
    const filter = ofDocuments();
    const { budget, tokens, confidence } = await retriever().retrieve(
      ask("oil", { filter, tokenBudget: "auto" }),
      call,
    );
    expect({ budget, tokens, confidence }).toEqual({
      budget: { asked: "auto", tokensMax: 4_000, predictedRecall: 0 },
      tokens: 0,
      confidence: 0,
    });
  });

  it("keeps to the pieces of one document that its settings allow", async () => {
    const one = retriever({ settings: { limitPerDocument: 1 } });
    for (const query of [ask("oil airbag flour"), askWhole("oil airbag flour")]) {
      const { evidence } = await one.retrieve(query, call);
      expect(new Set(evidence.map(({ documentId }) => documentId)).size).toBe(evidence.length);
    }
  });
});
