import type { DocumentId, KnowledgeBaseId, VectorSearcher } from "@larder/contracts";
import { createKnowledgeBaseIn, ofDocuments } from "@larder/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { openManuals } from "../test/open-manuals.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const { parts, knowledgeBaseId, carManual, kitchen, retriever, ask, askWhole, close } = await openManuals();
afterAll(close);

describe("createHybridRetriever", () => {
  it("finds by words and by meaning, best first, within the budget", async () => {
    const { evidence, tokens, degraded, timingsMs } = await retriever().retrieve(ask("automobile kilometres"), call);
    expect(evidence[0]?.text).toContain("Change the oil of the car");
    expect(tokens).toBe(evidence.reduce((sum, piece) => sum + piece.tokens, 0));
    expect(degraded).toEqual([]);
    expect(timingsMs.total).toBeGreaterThanOrEqual(timingsMs.pack);
  });

  it("gives every candidate its dense score, also those that only words found", async () => {
    const narrow = retriever({ settings: { candidatesPerSide: 1 } });
    const { evidence } = await narrow.retrieve(ask("car XK-17 flour"), call);
    expect(evidence.length).toBeGreaterThan(0);
    for (const { scores } of evidence) expect(scores.dense).toBeDefined();
  });

  it("reads no more candidates than it may, the best by both scores", async () => {
    const withoutTokens = { lateInteractionWeight: 0 };
    const all = await retriever({ settings: withoutTokens }).retrieve(ask("car XK-17 flour"), call);
    const narrow = retriever({ settings: { ...withoutTokens, candidatesMax: 1 } });
    const { evidence } = await narrow.retrieve(ask("car XK-17 flour"), call);
    expect(all.evidence.length).toBeGreaterThan(1);
    expect(evidence.map(({ passageId }) => passageId)).toEqual([all.evidence[0]?.passageId]);
  });

  it.each([undefined, "auto", 2_000] as const)(
    "gives text at its offsets in the stored document for the budget %s",
    async (tokenBudget) => {
      const query = askWhole("oil tyre airbag flour", tokenBudget === undefined ? {} : { tokenBudget });
      const { evidence } = await retriever().retrieve(query, call);
      if (tokenBudget !== "auto") expect(evidence.some(({ passageIds }) => passageIds.length > 1)).toBe(true);
      for (const piece of evidence) {
        const { text } = await parts.store.documents.text(knowledgeBaseId, piece.documentId, call);
        expect(text.slice(piece.start, piece.end)).toBe(piece.text);
      }
    },
  );

  it("gives the same evidence each time", async () => {
    const { timingsMs: _, ...first } = await retriever().retrieve(ask("oil"), call);
    const { timingsMs: __, ...second } = await retriever().retrieve(ask("oil"), call);
    expect(second).toEqual(first);
  });

  it.each(["dense", "lexical"] as const)("searches %s alone when asked to", async (mode) => {
    const { evidence } = await retriever().retrieve(askWhole("airbag module", { mode, limit: 1 }), call);
    expect(evidence[0]?.text).toContain("airbag");
    for (const { score, scores } of evidence) {
      expect(score).toBe(scores[mode]);
      expect(scores[mode === "dense" ? "lexical" : "dense"]).toBeUndefined();
    }
    expect(evidence[0]?.score).toBe(1);
  });

  it("keeps to the documents of the filter", async () => {
    const filter = ofDocuments(kitchen);
    const { evidence } = await retriever().retrieve(ask("oil", { filter }), call);
    expect(new Set(evidence.map(({ documentId }) => documentId))).toEqual(new Set([kitchen]));
    const nobody = ofDocuments("doc_unknown00000" as DocumentId);
    expect((await retriever().retrieve(ask("oil", { filter: nobody }), call)).evidence).toEqual([]);
    const none = ofDocuments();
    expect((await retriever().retrieve(ask("oil", { filter: none }), call)).evidence).toEqual([]);
    expect(carManual).not.toBe(kitchen);
  });

  it("drops hits that the database no longer knows", async () => {
    const id = await parts.add(knowledgeBaseId, "Gone", ["The zeppelin lands at noon."]);
    const before = await retriever().retrieve(ask("zeppelin"), call);
    expect(before.evidence[0]?.documentId).toBe(id);
    const stale: VectorSearcher = {
      health: parts.vectors.health,
      search: async () => ({
        hits: before.evidence.map((_, index) => ({ label: (index + 1_000) as never, score: 1 })),
      }),
    };
    await parts.store.documents.deleteDocument(knowledgeBaseId, id, call);
    const after = await retriever({ vectors: stale }).retrieve(ask("zeppelin", { mode: "dense" }), call);
    expect(after.evidence).toEqual([]);
    expect(
      (await retriever().retrieve(ask("zeppelin"), call)).evidence.map(({ documentId }) => documentId),
    ).not.toContain(id);
  });

  it.each(["", "  \n\t", "\u0000\u200b", "\ud800"])("refuses the query %j", async (text) => {
    await expect(retriever().retrieve(ask(text), call)).rejects.toMatchObject({ code: "QUERY_EMPTY" });
  });

  it.each(['"', "AND OR NOT", "a:b*c^d(", "'; DROP TABLE passages; --", "?", "🙂"])(
    "takes any text for a query: %j",
    async (text) => {
      const { evidence } = await retriever().retrieve(ask(text), call);
      expect(Array.isArray(evidence)).toBe(true);
    },
  );

  it("finds nothing in an empty knowledge base and refuses an unknown one", async () => {
    const empty = await createKnowledgeBaseIn(parts.store.documents, "empty");
    expect((await retriever().retrieve(ask("oil", { knowledgeBaseId: empty }), call)).evidence).toEqual([]);
    const unknown = "kb_unknown00000" as KnowledgeBaseId;
    await expect(retriever().retrieve(ask("oil", { knowledgeBaseId: unknown }), call)).rejects.toMatchObject({
      code: "KNOWLEDGE_BASE_NOT_FOUND",
    });
  });

  it("is surer of questions that the knowledge base answers", async () => {
    const confidence = async (text: string) => (await retriever().retrieve(ask(text), call)).confidence;
    const answered = await confidence("Where is the tyre pressure printed?");
    const partly = await confidence("Where is the tyre of the zeppelin repaired on Tuesdays?");
    const unanswered = await confidence("Who was the first president of the Azores?");
    expect(answered).toBeGreaterThan(partly);
    expect(partly).toBeGreaterThan(unanswered);
    expect(answered).toBeLessThanOrEqual(1);
    expect(unanswered).toBeGreaterThanOrEqual(0);
  });

  it("searches a follow-up with what the question before was about", async () => {
    const history = [{ question: "Where does the airbag module XK-17 sit?" }];
    const alone = await retriever().retrieve(ask("Who may replace it?"), call);
    const inContext = await retriever().retrieve(ask("Who may replace it?", { history }), call);
    expect(alone.searchedText).toBeUndefined();
    expect(inContext.searchedText).toMatch(/^Who may replace it\?\n.*XK/);
    expect(inContext.evidence[0]?.text).toContain("airbag module XK-17");
    const other = await retriever().retrieve(ask("Where is the tyre pressure printed?", { history }), call);
    expect(other.searchedText).toBeUndefined();
  });

  it("trusts vectors by the share of the question that the model's vocabulary knows", async () => {
    const question = "oil ꦲꦏ꧀ꦱꦫ";
    const scoresOf = async (knownShare: number) => {
      const tokenMatcher = { ...parts.tokenMatcher, knownShare: () => knownShare };
      const { evidence } = await retriever({ tokenMatcher }).retrieve(askWhole(question), call);
      return evidence;
    };
    for (const { score, scores } of await scoresOf(0)) {
      expect(score).toBeCloseTo(0.7 * (scores.lexical ?? 0) + 0.3 * (scores.lateInteraction ?? 0));
    }
    for (const { score, scores } of await scoresOf(1)) {
      const { dense = 0, lexical = 0, lateInteraction = 0 } = scores;
      expect(score).toBeCloseTo(0.3 * dense + 0.4 * lexical + 0.3 * lateInteraction);
    }
    const own = await retriever().retrieve(askWhole(question), call);
    for (const { score, scores } of own.evidence) {
      const { dense = 0, lexical = 0, lateInteraction = 0 } = scores;
      expect(score).toBeCloseTo(0.15 * dense + 0.55 * lexical + 0.3 * lateInteraction);
    }
  });

  it("gives the same for passages stored with sentences and without", async () => {
    const retrievals = [];
    for (const hasSentences of [true, false]) {
      const other = await createKnowledgeBaseIn(parts.store.documents, `sentences: ${hasSentences}`);
      const text = "Oil goes rancid. It wants a dark place! Cars take oil too.";
      await parts.add(other, "Oil", [text, "Flour is dry."], { hasSentences });
      const query = ask("Why does oil go rancid?", { knowledgeBaseId: other, tokenBudget: 25 });
      const { evidence, budget, confidence } = await retriever().retrieve(query, call);
      retrievals.push({
        texts: evidence.map(({ text, score, tokens }) => ({ text, score, tokens })),
        budget,
        confidence,
      });
    }
    expect(retrievals[1]).toEqual(retrievals[0]);
  });

  it("names its settings", () => {
    expect(retriever().id).toContain("dense=0.3,late=0.3");
    expect(retriever().id).toContain(parts.sentenceReader.id);
    const settings = [
      { candidatesPerSide: 7 },
      { candidatesMax: 7 },
      { denseWeight: 0.5 },
      { lateInteractionWeight: 0.1 },
      { linkWeight: 0.2 },
      { linkNamesMax: 3 },
      { autoTokensMax: 100 },
      { autoRecall: 0.5 },
      { limitPerDocument: 2 },
    ];
    const names = [{}, ...settings].map((each) => retriever({ settings: each }).id);
    expect(new Set(names).size).toBe(names.length);
  });
});
