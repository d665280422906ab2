import type { DocumentId, KnowledgeBaseId, StoredDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { createObservedArrivals } from "@larder/savings";
import { evidenceOf } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { honey, routeBefore, ScriptedAnswering, says, usage } from "../test/scripted-answering.ts";
import { contentClassOf } from "./content-class.ts";

const oil = evidenceOf("Oil is kept in the dark.", { title: "Oil", tokens: 60, documentId: "doc_2" as DocumentId });
const document = (tokens: number) => ({ counts: { tokens } }) as StoredDocument;
const arm = (answer: Awaited<ReturnType<ScriptedAnswering["answer"]>>, id: string) =>
  answer.receipt?.counterfactuals.find((each) => each.arm === id);

describe("the window in a receipt", () => {
  it("holds the prompt as it was billed, the evidence in the same tokens, and what of it is cited", async () => {
    const scripted = new ScriptedAnswering(says("Honey never spoils [1]."), [honey, oil]);
    const { receipt } = await scripted.answer();
    const ratio = 300 / (scripted.requests[0]?.shape.inputTokens ?? 0);
    expect(receipt?.window).toEqual({
      contextTokens: 128_000,
      usableTokens: 126_976,
      promptTokens: 300,
      evidenceTokens: Math.round(80 * ratio),
      citedTokens: Math.round(20 * ratio),
      outputTokens: 10,
      source: "provider",
    });
    expect(receipt?.contentClass).toBe("prose");
  });

  it("is modelled where nothing was sent, and absent where nothing was answered", async () => {
    const quoted = await new ScriptedAnswering([
      { kind: "unanswered", route: { ...routeBefore, attempts: [] } },
    ]).answer();
    expect(quoted.receipt?.window).toMatchObject({ source: "modelled", citedTokens: 20, evidenceTokens: 20 });
    expect((await new ScriptedAnswering(says("never"), []).answer()).receipt?.window).toBeUndefined();
  });

  it("says by what a conversation grows, and nothing of a question that stands alone", async () => {
    const history = [{ question: "And oil?", answer: "It goes rancid." }];
    const { receipt } = await new ScriptedAnswering(says("Honey never spoils [1].")).answer({ history });
    const { growth, evidenceTokens = 0 } = receipt?.window ?? {};
    expect(growth?.turns).toBe(1);
    expect(growth?.wordsPerTurn).toBeGreaterThan(10);
    expect(growth?.withEvidencePerTurn).toBe((growth?.wordsPerTurn ?? 0) + evidenceTokens);
  });
});

describe("the ways not taken in a receipt", () => {
  it("know the document of the best passage, unless it is gone", async () => {
    const there = new ScriptedAnswering(says("Honey never spoils [1]."), [honey], {
      documents: { document: async () => document(4_000) },
    });
    const pasted = arm(await there.answer(), "top_document");
    expect(pasted?.tokens).toBeGreaterThan(4_000 * (300 / (there.requests[0]?.shape.inputTokens ?? 0)));
    const gone = new ScriptedAnswering(says("Honey never spoils [1]."), [honey], {
      documents: { document: () => Promise.reject(new LarderError("DOCUMENT_NOT_FOUND")) },
    });
    expect(arm(await gone.answer(), "top_document")).toMatchObject({ isFeasible: false });
  });

  it("are cold for the first question and warmer with each that follows, also where nothing is sent", async () => {
    for (const script of [says("Honey never spoils [1]."), [{ kind: "unanswered", route: routeBefore } as const]]) {
      const scripted = new ScriptedAnswering(script, [honey], { arrivals: createObservedArrivals() });
      const seen = [];
      for (let i = 0; i < 3; i += 1) seen.push(arm(await scripted.answer(), "stuff_cached")?.cache?.arrivals);
      expect(seen).toEqual([0, 1, 2]);
    }
  });

  it("ask the caller whether a batch could have been waited for", async () => {
    const policy = { isBatchAllowed: true };
    const { reason } = arm(await new ScriptedAnswering(says("Honey [1].")).answer({ policy }), "batch") ?? {};
    expect(reason).toBe("p/m has no batch price.");
    expect(arm(await new ScriptedAnswering(says("Honey [1].")).answer(), "batch")?.reason).toContain("does not wait");
  });
});

describe("a share that is held out", () => {
  const text = "Honey never spoils. Oil goes rancid after 90 days. Salt is dry.";
  const stored = { id: "doc_1" as DocumentId, title: "Pantry", version: 1, counts: { tokens: 16 } } as StoredDocument;
  const passages = { data: [{ id: "psg_9" }] } as never;
  const documents = {
    documents: async () => ({ data: [stored, { ...stored, id: "doc_2" as DocumentId, version: 0 }] }),
    text: async () => ({ documentId: stored.id, version: 1, text }),
    passages: async () => passages,
  };
  const counts = { documents: 1, passages: 1, tokens: 16 };
  const small = {
    knowledgeBase: async (id: KnowledgeBaseId) => ({
      id,
      name: "k",
      description: "",
      settings: {},
      counts,
      generation: 1,
      createdAtMs: 0,
    }),
  };
  const scriptedWith = (drawn: number, tokens = 16) =>
    new ScriptedAnswering(says("Salt is dry [1]."), [honey], {
      holdout: { share: 0.5, random: () => drawn, documents },
      knowledgeBases: {
        knowledgeBase: async (id) => ({ ...(await small.knowledgeBase(id)), counts: { ...counts, tokens } }),
      },
    });
  // The script's router quotes an eligible candidate; the cheapest is what the hold-out asks for.
  const able = (scripted: ScriptedAnswering) => {
    const candidate = { provider: "p", model: "m", isEligible: true, reasons: [], refusals: [] };
    Object.assign(scripted.ports.router, {
      quote: () => ({ priceBookId: "book", candidates: [candidate], cheapest: candidate }),
    });
    return scripted;
  };

  it("really sends every live document whole, is recorded as such and compared with nothing", async () => {
    const scripted = able(scriptedWith(0.49));
    const answer = await scripted.answer();
    expect(scripted.requests[0]?.prompt.messages[1]?.content).toContain(text);
    expect(scripted.requests[0]?.shape).toMatchObject({ prefixId: expect.stringContaining("/kb_1") });
    expect(answer.citations).toMatchObject([{ quote: "Salt is dry.", passageId: "psg_9" }]);
    expect(answer.receipt).toMatchObject({
      holdout: { share: 0.5, taken: "stuffed", cluster: honey.documentId },
      counterfactuals: [],
      usage,
    });
    expect(answer.headline).toBeUndefined();
  });

  it("retrieves for the others, and records that they could have been held out", async () => {
    const scripted = able(scriptedWith(0.5));
    const { receipt } = await scripted.answer();
    expect(scripted.requests[0]?.prompt.messages[1]?.content).not.toContain("Salt is dry");
    expect(receipt?.holdout).toEqual({ share: 0.5, taken: "retrieval", cluster: honey.documentId });
    expect(receipt?.counterfactuals.length).toBeGreaterThan(0);
  });

  it.each([
    ["that does not fit a prompt", able(scriptedWith(0, 200_001)), {}],
    ["of which no model may take all", scriptedWith(0), {}],
    ["that is filtered", able(scriptedWith(0)), { filter: { field: "title", equals: "x" } as never }],
  ])("holds out nothing of a knowledge base %s", async (_, scripted, change) => {
    expect((await scripted.answer(change)).receipt?.holdout).toBeUndefined();
  });
});

describe("kinds of evidence", () => {
  it.each([
    ["prose", "Honey never spoils. It is kept in a jar; the jar is closed."],
    ["code", "const a = 1;\nfunction f() {\n  return a;\n}"],
    ["json", '{"name": "honey", "days": [1, 2, 3], "kept": {"in": "jar"}}'],
    ["table", "| a | b |\n|---|---|\n| 1 | 2 |"],
    ["cjk", "蜂蜜は腐らない。瓶に入れて保存する。"],
  ])("%s", (kind, text) => {
    expect(contentClassOf([text])).toBe(kind);
  });

  it("are none of nothing", () => {
    expect(contentClassOf([])).toBeUndefined();
    expect(contentClassOf([" \n"])).toBeUndefined();
  });
});
