import type { KnowledgeBaseId, Label, VectorSearcher } from "@larder/contracts";
import { testCall as call, createKnowledgeBaseIn } from "@larder/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { openManuals } from "../test/open-manuals.ts";

const { parts, knowledgeBaseId, carManual, kitchen, retriever, ask, askWhole, close } = await openManuals();
afterAll(close);
const { documents, operationLog } = parts.store;
const labelsOf = async (id: KnowledgeBaseId) =>
  (await operationLog.readAfter(id, 0, 1_000)).map(({ label }) => label as Label);

/** An index that is behind, ahead, or another's: what it should not hold comes first, with the best score there is. */
function stale(labels: readonly Label[]): VectorSearcher {
  const { vectors } = parts;
  return {
    health: vectors.health,
    async search(...parameters) {
      const { hits } = await vectors.search(...parameters);
      const wrong = labels.map((label) => ({ label, score: 1 }));
      return { hits: [...wrong, ...hits].slice(0, parameters[2].limit + wrong.length) };
    },
  };
}

const words = "tyre pressure, oil, airbag and flour";

async function expectNoLeak(wrong: readonly Label[], secret: string): Promise<void> {
  expect(wrong.length).toBeGreaterThan(0);
  for (const mode of ["dense", "hybrid"] as const) {
    for (const question of [ask(words, { mode }), askWhole(words, { mode })]) {
      const { evidence } = await retriever({ vectors: stale(wrong) }).retrieve(question, call);
      expect(evidence.length).toBeGreaterThan(0);
      expect(JSON.stringify(evidence)).not.toContain(secret);
      for (const { documentId } of evidence) expect([carManual, kitchen]).toContain(documentId);
    }
  }
}

describe("a hit that the database does not confirm", () => {
  it("is left out when it is another knowledge base's passage, live and nearer than any", async () => {
    const other = await createKnowledgeBaseIn(documents, "other");
    await parts.add(other, "Secrets", [`${words}: secret-of-another`]);
    await expectNoLeak(await labelsOf(other), "secret-of-another");
  });

  it("is left out when its document was deleted", async () => {
    const before = new Set(await labelsOf(knowledgeBaseId));
    const gone = await parts.add(knowledgeBaseId, "Gone", [`${words}: secret-of-the-deleted`]);
    const labels = (await labelsOf(knowledgeBaseId)).filter((label) => !before.has(label));
    await documents.deleteDocument(knowledgeBaseId, gone, call);
    await expectNoLeak(labels, "secret-of-the-deleted");
  });

  it("is left out when its whole knowledge base was deleted", async () => {
    const other = await createKnowledgeBaseIn(documents, "short-lived");
    await parts.add(other, "Secrets", [`${words}: secret-of-the-dropped`]);
    const labels = await labelsOf(other);
    await documents.deleteKnowledgeBase(other, call);
    await expectNoLeak(labels, "secret-of-the-dropped");
  });

  it("is left out when no passage ever had its label", async () => {
    await expectNoLeak([4_000_000_000 as Label], "nothing");
  });

  it("is left out beside a filter that lets only others through", async () => {
    const filter = { kind: "in", field: { kind: "document", fact: "id" }, values: [kitchen] } as const;
    const wrong = (await labelsOf(knowledgeBaseId)).slice(0, 3); // of the car's manual: live, and not allowed
    for (const mode of ["dense", "hybrid"] as const) {
      const { evidence } = await retriever({ vectors: stale(wrong) }).retrieve(ask(words, { mode, filter }), call);
      for (const { documentId } of evidence) expect(documentId).toBe(kitchen);
    }
  });
});
