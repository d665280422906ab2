import type { EmbedderId, Label, VectorSearcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { openManuals } from "../test/open-manuals.ts";
import { wordEmbedder as embedder } from "../test/open-parts.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const { parts, retriever, ask, askWhole, close } = await openManuals();
afterAll(close);

describe("a retriever whose parts fail", () => {
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

  it("goes on by words though these have no weight", async () => {
    const broken = { ...embedder, embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")) };
    const settings = { denseWeight: 1, lateInteractionWeight: 0, linkWeight: 0 };
    const { evidence } = await retriever({ embedder: broken, settings }).retrieve(askWhole("tyre pressure"), call);
    expect(evidence[0]?.text).toContain("tyre pressure");
    expect(evidence[0]?.score).toBe(1);
  });

  it("is no surer for a passage that is gone and that the index still holds", async () => {
    const id = "larder-embed-v1@test" as EmbedderId; // whose cosines count
    const { documents } = parts.store;
    const change = {
      embedder: { ...embedder, id },
      documents: {
        ...documents,
        knowledgeBase: async (...parameters: Parameters<typeof documents.knowledgeBase>) => ({
          ...(await documents.knowledgeBase(...parameters)),
          embedderId: id,
        }),
      },
    };
    const gone = { label: 1_000 as Label, score: 1 };
    const late: VectorSearcher = {
      health: parts.vectors.health,
      search: async (...parameters) => ({ hits: [gone, ...(await parts.vectors.search(...parameters)).hits] }),
    };
    const before = await retriever(change).retrieve(ask("tyre pressure"), call);
    const after = await retriever({ ...change, vectors: late }).retrieve(ask("tyre pressure"), call);
    expect(before.degraded).toEqual([]);
    expect(after.confidence).toBe(before.confidence);
  });

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
});
