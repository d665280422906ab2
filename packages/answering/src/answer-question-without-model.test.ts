import type { RoutedEvent } from "@larder/contracts";
import { inputTokensOf, LarderError, noTokens, toErrorRecord } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import {
  attempt,
  chosen,
  honey,
  kinds,
  retrieval,
  routeBefore,
  ScriptedAnswering,
  says,
  shownText,
} from "../test/scripted-answering.ts";
import { abstentionSentence } from "./prompt.ts";

describe("an answer without a model", () => {
  const unanswered: RoutedEvent[] = [
    { kind: "routed", route: { ...routeBefore, reason: "nothing eligible" } },
    { kind: "unanswered", route: { reason: "nothing eligible", candidates: [], attempts: [], priceBookId: "book" } },
  ];

  it("quotes the evidence, and models what the prompt would have cost", async () => {
    const events = await new ScriptedAnswering(unanswered).ask({ policy: { isLocalOnly: true } });
    const last = events.at(-1);
    if (last?.kind !== "finished") throw new Error();
    expect(last.answer).toMatchObject({
      basis: "extractive",
      text: "Honey never spoils. [1]",
      isGrounded: true,
      citations: [{ marker: 1, start: 10, end: 29, quote: "Honey never spoils." }],
      receipt: { basis: "extractive", cost: 0n, costBasis: "modelled", headlineArm: "stuff_warm" },
    });
    expect(last.answer.receipt?.usage).toBeUndefined();
    expect(shownText(events)).toBe(last.answer.text);
    const { modelled, counterfactuals = [] } = last.answer.receipt ?? {};
    expect(counterfactuals[0]).toMatchObject({ model: "p/m", basis: "modelled" });
    expect(modelled?.model).toBe("p/m");
    for (const { cost, tokens, saved } of counterfactuals.filter(({ isFeasible }) => isFeasible)) {
      expect(saved.cost).toBe((cost ?? 0n) - (modelled?.cost ?? 0n));
      expect(saved.tokens).toBe(tokens - inputTokensOf(modelled?.tokens ?? noTokens));
    }
  });

  it("stands in for a model that said nothing, which is paid all the same", async () => {
    const { basis, text: said, receipt } = await new ScriptedAnswering(says("", " ")).answer();
    expect(basis).toBe("extractive");
    expect(said).toBe("Honey never spoils. [1]");
    expect(receipt?.cost).toBe(34_000n);
  });

  it("is no answer where a form was asked for", async () => {
    const responseFormat = { name: "answer", schema: {} };
    const scripted = new ScriptedAnswering(unanswered);
    const failed = (await scripted.ask({ responseFormat })).at(-1);
    expect(failed).toMatchObject({ kind: "failed", error: { code: "POLICY_UNSATISFIABLE" } });
    expect(scripted.receipts[0]).toMatchObject({ errorCode: "POLICY_UNSATISFIABLE", counterfactuals: [] });
    const error = toErrorRecord(new LarderError("PROVIDER_OVERLOADED"));
    const tried = { ...routeBefore, attempts: [{ ...attempt, outcome: "failed_before_text" as const, error }] };
    const events = await new ScriptedAnswering([{ kind: "unanswered", route: tried }]).ask({ responseFormat });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code: "PROVIDER_OVERLOADED" } });
  });

  it("abstains without evidence, sends nothing and writes a receipt", async () => {
    const scripted = new ScriptedAnswering(says("never"), []);
    const events = await scripted.ask();
    expect(kinds(events)).toEqual(["evidence", "route", "text", "finished"]);
    expect(events.at(-1)).toMatchObject({ answer: { basis: "abstained", text: abstentionSentence, citations: [] } });
    expect(scripted.requests).toEqual([]);
    expect(scripted.receipts).toMatchObject([{ basis: "abstained", cost: 0n, counterfactuals: [], hits: [] }]);
  });

  it.each([
    { confidence: 0.9, text: /^The token budget is too small: .* fits into 9 tokens\.$/ },
    { confidence: 0, text: /^The knowledge base does not hold an answer to this\.$/ },
  ])("tells a budget without room (confidence $confidence) from a question without an answer", async (each) => {
    const budget = { asked: 9, tokensMax: 9, predictedRecall: 0 };
    const retriever = { id: "r", retrieve: async () => ({ ...retrieval([]), budget, confidence: each.confidence }) };
    const scripted = new ScriptedAnswering(says("never"), [], { retriever });
    const { basis, text, route } = await scripted.answer({ tokenBudget: 9 });
    expect(basis).toBe("abstained");
    expect(text).toMatch(each.text);
    expect(route.reason).toMatch(each.confidence > 0 ? /fits into 9 tokens\.$/ : /holds no evidence/);
    expect(scripted.requests).toEqual([]);
  });

  it.each([
    { what: "below the least", confidence: 0.049, settings: {}, basis: "abstained" },
    { what: "at the least", confidence: 0.05, settings: {}, basis: "generated" },
    { what: "below what the settings ask for", confidence: 0.4, settings: { confidenceMin: 0.5 }, basis: "abstained" },
    { what: "0 when any will do", confidence: 0, settings: { confidenceMin: 0 }, basis: "generated" },
  ])("answers with a confidence of $confidence, $what: $basis", async ({ confidence, settings, basis }) => {
    const retriever = { id: "retriever", retrieve: async () => ({ ...retrieval([honey]), confidence }) };
    const scripted = new ScriptedAnswering(says("Honey never spoils [1]."), [honey], { retriever, settings });
    const dry = await scripted.answer({ isDryRun: true });
    const answer = await scripted.answer();
    expect([dry.basis, answer.basis]).toEqual([basis, basis]);
    expect(scripted.requests).toHaveLength(basis === "abstained" ? 0 : 1);
    if (basis !== "abstained") return;
    expect(answer).toMatchObject({ text: abstentionSentence, citations: [], isGrounded: false });
    expect(answer.route.reason).toMatch(/^Nothing was sent: the confidence .* is 0\.\d+, below 0\.\d+\.$/);
    expect(scripted.receipts).toMatchObject([
      { basis: "abstained", cost: 0n, counterfactuals: [], costBasis: "modelled" },
    ]);
  });

  it("stops after the route on a dry run: nothing sent, no receipt", async () => {
    const scripted = new ScriptedAnswering(says("never"));
    const events = await scripted.ask({ isDryRun: true });
    expect(kinds(events)).toEqual(["evidence", "route", "finished"]);
    expect(events.at(-1)).toMatchObject({ answer: { text: "", basis: "generated", route: { chosen } } });
    expect(scripted.receipts).toEqual([]);
    expect(scripted.requests).toEqual([]);
    expect((await new ScriptedAnswering([]).answer({ isDryRun: true })).basis).toBe("extractive");
    expect((await new ScriptedAnswering([], []).answer({ isDryRun: true })).basis).toBe("abstained");
  });
});
