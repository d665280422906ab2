import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DocumentId, EmbedderId, KnowledgeBaseId, RetrievalQuery, VectorSearcher } from "@larder/contracts";
import { evidenceTexts, LarderError } from "@larder/contracts";
import { ofDocuments } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wordEmbedder as embedder, openParts } from "../test/open-parts.ts";
import type { RetrieverPorts } from "./hybrid-retriever.ts";

const call = { signal: AbortSignal.timeout(60_000) };

let folder: string;
let parts: Awaited<ReturnType<typeof openParts>>;
let knowledgeBaseId: KnowledgeBaseId;

const retriever = (change: Partial<RetrieverPorts> = {}) => parts.retriever(change);
/** With a budget: sentences. */
const ask = (text: string, change: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
  ...askWhole(text),
  tokenBudget: 2_000,
  ...change,
});
/** Without one: whole passages. */
const askWhole = (text: string, change: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
  knowledgeBaseId,
  text,
  mode: "hybrid",
  limit: 10,
  ...change,
});

let carManual: DocumentId;
let kitchen: DocumentId;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-retriever-"));
  parts = await openParts(folder);
  const draft = { name: "k", description: "", settings: {} };
  knowledgeBaseId = (await parts.store.documents.createKnowledgeBase(draft, call)).id;
  carManual = await parts.add(knowledgeBaseId, "Car manual", [
    "Change the oil of the car every 15,000 kilometres.",
    "The tyre pressure is printed inside the fuel flap.",
    "Only a workshop may replace the airbag module XK-17.",
  ]);
  const kitchenRules = ["Olive oil goes rancid in the light.", "Flour wants a dry place."];
  kitchen = await parts.add(knowledgeBaseId, "Kitchen", kitchenRules, { hasSentences: false });
});

afterAll(async () => {
  await parts.close();
  await rm(folder, { recursive: true });
});

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

  it.each(["EMBEDDER_UNAVAILABLE", "EMBEDDER_OUTPUT_INVALID", "CHILD_PROCESS_ENDED"] as const)(
    "goes on by words alone and says so when embedding fails with %s",
    async (code) => {
      const broken = { ...embedder, embed: () => Promise.reject(new LarderError(code)) };
      for (const mode of ["hybrid", "dense"] as const) {
        const { evidence, degraded } = await retriever({ embedder: broken }).retrieve(ask("airbag", { mode }), call);
        expect(evidence[0]?.text).toContain("airbag");
        expect(evidence[0]?.score).toBe(1);
        expect(degraded).toHaveLength(1);
        expect(degraded[0]).toContain("dense search is unavailable");
      }
    },
  );

  it("goes on when the index is away, or ends between two searches", async () => {
    let searches = 0;
    const ending: VectorSearcher = {
      health: parts.vectors.health,
      search: (...parameters) => {
        searches += 1;
        return searches === 1
          ? parts.vectors.search(...parameters)
          : Promise.reject(new LarderError("INDEX_UNAVAILABLE"));
      },
    };
    const narrow = retriever({ vectors: ending, settings: { candidatesPerSide: 1 } });
    const first = await narrow.retrieve(ask("car XK-17 flour"), call);
    expect(first.evidence.length).toBeGreaterThan(0);
    const second = await narrow.retrieve(ask("airbag"), call);
    expect(second.evidence[0]?.text).toContain("airbag");
    expect(second.degraded[0]).toContain("dense search is unavailable");
  });

  it("tells of an index that stands in for another, and of a foreign embedder", async () => {
    const slow: VectorSearcher = {
      health: parts.vectors.health,
      search: async (...parameters) => ({
        ...(await parts.vectors.search(...parameters)),
        degraded: "the graph is being built",
      }),
    };
    expect((await retriever({ vectors: slow }).retrieve(ask("oil"), call)).degraded).toEqual([
      "the graph is being built",
    ]);
    const foreign = { ...embedder, id: "other" as EmbedderId };
    const { degraded, evidence } = await retriever({ embedder: foreign }).retrieve(ask("oil"), call);
    expect(degraded[0]).toContain("another model");
    expect(evidence.length).toBeGreaterThan(0);
  });

  it("does not take a defect for degradation", async () => {
    const defective = { ...embedder, embed: () => Promise.reject(new TypeError("defect")) };
    await expect(retriever({ embedder: defective }).retrieve(ask("oil"), call)).rejects.toThrow("defect");
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
    const empty = await parts.store.documents.createKnowledgeBase({ name: "e", description: "", settings: {} }, call);
    expect((await retriever().retrieve(ask("oil", { knowledgeBaseId: empty.id }), call)).evidence).toEqual([]);
    const unknown = "kb_unknown00000" as KnowledgeBaseId;
    await expect(retriever().retrieve(ask("oil", { knowledgeBaseId: unknown }), call)).rejects.toMatchObject({
      code: "KNOWLEDGE_BASE_NOT_FOUND",
    });
  });

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

  it("rejects with the signal's own reason", async () => {
    const reason = new Error("the reader left");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(retriever().retrieve(ask("oil"), aborted)).rejects.toBe(reason);
    const controller = new AbortController();
    const leaving = {
      ...embedder,
      embed: async () => {
        controller.abort(reason);
        throw new LarderError("EMBEDDER_UNAVAILABLE");
      },
    };
    const late = retriever({ embedder: leaving }).retrieve(ask("oil"), { signal: controller.signal });
    await expect(late).rejects.toBe(reason);
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

  describe("with a question that no passage answers alone", () => {
    const question = "Who founded the publisher of the novel Orange Eats Creeps?";
    let base: KnowledgeBaseId;
    let second: DocumentId;
    let others: readonly DocumentId[];
    const of = (change: Partial<RetrievalQuery> = {}) => askWhole(question, { knowledgeBaseId: base, ...change });
    const narrow = { candidatesPerSide: 4 };

    beforeAll(async () => {
      base = (await parts.store.documents.createKnowledgeBase({ name: "h", description: "", settings: {} }, call)).id;
      const novel = "Orange Eats Creeps is a novel from Two Dollar Radio, sold in Portland.";
      others = [
        await parts.add(base, "Orange Eats Creeps", [novel]),
        await parts.add(base, "Portland", ["The publisher of a novel founded the town."]),
        await parts.add(base, "Orange eaters", ["Who eats the orange?"]),
        await parts.add(base, "Apple eaters", ["Who eats the apple of the novel?"]),
      ];
      second = await parts.add(base, "Two Dollar Radio", ["Eric Obenauf started it with his wife."]);
    });

    it("searches once more for what the best passages name, and says so", async () => {
      const found = await retriever({ settings: narrow }).retrieve(of(), call);
      expect(found.followedNames).toContain("Two Dollar Radio");
      const piece = found.evidence.find(({ documentId }) => documentId === second);
      expect(piece?.scores.dense).toBeDefined();
      expect(piece?.scores.lexical).toBeUndefined();
      expect(found.timingsMs.link).toBeGreaterThan(0);
      expect(found.evidence.some(({ scores }) => (scores.link ?? 0) > 0)).toBe(true);
    });

    it.each([{ linkNamesMax: 0 }, { linkWeight: 0 }])("does not with %o", async (change) => {
      const found = await retriever({ settings: { ...narrow, ...change } }).retrieve(of(), call);
      expect(found.followedNames).toBeUndefined();
      expect(found.evidence.map(({ documentId }) => documentId)).not.toContain(second);
    });

    it.each(["dense", "lexical"] as const)("does not in the mode %s", async (mode) => {
      const found = await retriever({ settings: narrow }).retrieve(of({ mode }), call);
      expect(found.followedNames).toBeUndefined();
      expect(found.evidence.every(({ scores }) => scores.link === undefined)).toBe(true);
    });

    it("brings nothing that the filter excludes", async () => {
      const filter = ofDocuments(...others);
      const found = await retriever({ settings: narrow }).retrieve(of({ filter }), call);
      expect(found.followedNames).toContain("Two Dollar Radio");
      expect(found.evidence.map(({ documentId }) => documentId)).not.toContain(second);
    });

    it("gives the same each time, and by words alone without an embedder", async () => {
      const { timingsMs: _, ...first } = await retriever({ settings: narrow }).retrieve(of(), call);
      const { timingsMs: __, ...again } = await retriever({ settings: narrow }).retrieve(of(), call);
      expect(again).toEqual(first);
      const other = { ...embedder, id: "other" as EmbedderId };
      const found = await retriever({ settings: narrow, embedder: other }).retrieve(of(), call);
      expect(found.evidence.map(({ documentId }) => documentId)).toContain(second);
      expect(found.degraded).toHaveLength(1);
    });

    it("refuses to go on when the call is aborted", async () => {
      const controller = new AbortController();
      const lexical: RetrieverPorts["lexical"] = {
        async search(...args) {
          const hits = await parts.store.lexical.search(...args);
          if (args[1].includes("Two Dollar Radio")) controller.abort(new Error("the reader left"));
          args[3].signal.throwIfAborted();
          return hits;
        },
      };
      const asked = retriever({ settings: narrow, lexical }).retrieve(of(), { signal: controller.signal });
      await expect(asked).rejects.toThrow("the reader left");
    });
  });

  it("gives the same for passages stored with sentences and without", async () => {
    const draft = { description: "", settings: {} };
    const retrievals = [];
    for (const hasSentences of [true, false]) {
      const other = await parts.store.documents.createKnowledgeBase({ ...draft, name: `s${hasSentences}` }, call);
      const text = "Oil goes rancid. It wants a dark place! Cars take oil too.";
      await parts.add(other.id, "Oil", [text, "Flour is dry."], { hasSentences });
      const query = ask("Why does oil go rancid?", { knowledgeBaseId: other.id, tokenBudget: 25 });
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
