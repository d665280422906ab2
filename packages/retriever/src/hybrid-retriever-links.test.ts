import type { DocumentId, EmbedderId, KnowledgeBaseId, RetrievalQuery } from "@larder/contracts";
import { createKnowledgeBaseIn, ofDocuments } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openManuals } from "../test/open-manuals.ts";
import { wordEmbedder } from "../test/open-parts.ts";
import type { RetrieverPorts } from "./hybrid-retriever.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const { parts, retriever, askWhole, close } = await openManuals();
afterAll(close);

describe("createHybridRetriever, asked what no passage answers alone", () => {
  const question = "Who founded the publisher of the novel Orange Eats Creeps?";
  let base: KnowledgeBaseId;
  let second: DocumentId;
  let others: readonly DocumentId[];
  const of = (change: Partial<RetrievalQuery> = {}) => askWhole(question, { knowledgeBaseId: base, ...change });
  const narrow = { candidatesPerSide: 4 };

  beforeAll(async () => {
    base = await createKnowledgeBaseIn(parts.store.documents, "hops");
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
    const other = { ...wordEmbedder, id: "other" as EmbedderId };
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
