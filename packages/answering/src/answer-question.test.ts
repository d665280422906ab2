import type { Attempt } from "@larder/contracts";
import { armIds, nanoUsd } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { attempt, kinds, routeBefore, ScriptedAnswering, says, shownText, usage } from "../test/scripted-answering.ts";
import { abstentionSentence } from "./prompt.ts";

describe("an answer by a model", () => {
  it("streams text and citations, writes the receipt, then finishes", async () => {
    const scripted = new ScriptedAnswering(says("Honey never ", "spoils [", "1] and gold neither [7]."));
    const events = await scripted.ask();
    expect(kinds(events)).toEqual(["evidence", "route", "text", "text", "text", "citation", "text", "finished"]);
    const answer = events.at(-1);
    if (answer?.kind !== "finished") throw new Error();
    expect(answer.answer).toMatchObject({
      text: "Honey never spoils [1] and gold neither.",
      basis: "generated",
      citations: [{ marker: 1, start: 10, end: 29, quote: "Honey never spoils." }],
    });
    expect(shownText(events)).toBe(answer.answer.text);
    expect(scripted.receipts).toEqual([answer.answer.receipt]);
  });

  it("is grounded only when each statement is cited", async () => {
    expect((await new ScriptedAnswering(says("Honey never spoils [1].")).answer()).isGrounded).toBe(true);
    expect((await new ScriptedAnswering(says("Honey never spoils [1]. Gold is heavy.")).answer()).isGrounded).toBe(
      false,
    );
    expect((await new ScriptedAnswering(says("Oil goes rancid after 30 days [1].")).answer()).isGrounded).toBe(false);
  });

  it("keeps usage, money and signed savings in the receipt, and no words", async () => {
    const { receipt, headline } = await new ScriptedAnswering(says("Honey never spoils [1].")).answer();
    expect(receipt).toMatchObject({
      id: "rcp_0000000001",
      basis: "generated",
      isGrounded: true,
      usage,
      cost: 34_000n,
      costBasis: "billed",
      corpusTokens: 50_000,
      evidenceTokens: 20,
      headlineArm: "stuff_warm",
      hits: [{ passageId: "psg_1", score: 1 }],
    });
    const counterfactuals = receipt?.counterfactuals ?? [];
    expect(counterfactuals.map(({ arm, model }) => [arm, model])).toEqual(armIds.map((arm) => [arm, "p/m"]));
    const feasible = counterfactuals.filter(({ isFeasible }) => isFeasible);
    for (const { cost, saved } of feasible) expect((cost ?? 0n) - 34_000n).toBe(saved.cost);
    expect(feasible.map(({ arm }) => arm)).toEqual(
      expect.arrayContaining(["closed_book", "stuff_cold", "stuff_warm", "stuff_cached", "random_passages"]),
    );
    expect(headline?.arm).toBe("stuff_warm");
    const written = JSON.stringify(receipt, (_, value) => (typeof value === "bigint" ? String(value) : value));
    for (const word of ["Honey", "honey", "spoil", "rancid"]) expect(written).not.toContain(word);
  });

  it("compares in the model's own count of the prompt", async () => {
    const scripted = new ScriptedAnswering(says("Honey never spoils [1]."));
    const { receipt } = await scripted.answer();
    const ours = scripted.requests[0]?.shape.inputTokens ?? 0;
    const cold = receipt?.counterfactuals.find(({ arm }) => arm === "stuff_cold");
    expect(cold?.tokens).toBeGreaterThan(50_000 * (300 / ours));
    expect(cold?.assumption).toContain((300 / ours).toFixed(3));
  });

  it("counts failed attempts before it in its cost", async () => {
    const failed: Attempt = { ...attempt, outcome: "failed_before_text", billed: "yes", cost: nanoUsd(6_000n) };
    const route = { ...routeBefore, attempts: [failed, attempt] };
    const { receipt } = await new ScriptedAnswering([
      { kind: "routed", route: routeBefore },
      { kind: "text", text: "Honey never spoils [1]." },
      { kind: "answered", route, finishReason: "stop", usage, cost: nanoUsd(40_000n) },
    ]).answer();
    expect(receipt?.cost).toBe(40_000n);
    expect(receipt?.usage?.tokens.inputFresh).toBe(600);
  });

  it("takes the agreed sentence for an abstention and compares it with nothing", async () => {
    const { basis, isGrounded, receipt } = await new ScriptedAnswering(says(abstentionSentence)).answer();
    expect(basis).toBe("abstained");
    expect(isGrounded).toBe(false);
    expect(receipt).toMatchObject({ cost: 34_000n, counterfactuals: [] });
  });

  it("leaves JSON as it is and cites from its strings", async () => {
    const json = '{"answer":"Honey never spoils [1].","rows":[1]}';
    const responseFormat = { name: "answer", schema: {} };
    const scripted = new ScriptedAnswering(says(...json));
    const answer = await scripted.answer({ responseFormat });
    expect(answer).toMatchObject({ text: json, isGrounded: true, citations: [{ quote: "Honey never spoils." }] });
    expect(scripted.requests[0]?.shape.needs).toEqual(["json_schema"]);
    expect((await new ScriptedAnswering(says("{broken [1]")).answer({ responseFormat })).citations).toEqual([]);
  });
});
