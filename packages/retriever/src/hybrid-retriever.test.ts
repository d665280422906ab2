import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Clock,
  DocumentId,
  Embedder,
  EmbedderId,
  IdKind,
  Ids,
  KnowledgeBaseId,
  RetrievalQuery,
  VectorSearcher,
} from "@larder/contracts";
import { idPrefixes, LarderError } from "@larder/contracts";
import type { SqliteStore } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import { ofDocuments } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import type { FollowedIndex } from "@larder/vector-index";
import { createExactIndex, createFollowedIndex } from "@larder/vector-index";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RetrieverPorts } from "./hybrid-retriever.ts";
import { createHybridRetriever } from "./hybrid-retriever.ts";

const dimensions = 64;
const embedderId = "words-64" as EmbedderId;
const call = { signal: AbortSignal.timeout(60_000) };
const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const tokenCounter = createO200kTokenCounter();

let numbers = 0;
const ids: Ids = {
  next<Kind extends IdKind>(kind: Kind) {
    numbers += 1;
    return `${idPrefixes[kind]}${String(numbers).padStart(12, "0")}` as ReturnType<Ids["next"]> & string as never;
  },
};

/** Meaning by words: each word is a direction, "automobile" the same one as "car". */
const embedder: Embedder = {
  id: embedderId,
  dimensions,
  textTokensMax: 1_000,
  textsPerCallMax: 64,
  async embed(texts, _lane, { signal }) {
    signal.throwIfAborted();
    const matrix = new Float32Array(texts.length * dimensions);
    for (const [row, text] of texts.entries()) {
      const words = text
        .toLowerCase()
        .replaceAll("automobile", "car")
        .match(/[a-z]+/g) ?? ["none"];
      for (const word of words) {
        const direction = createHash("sha256").update(word).digest().readUInt8(0) % dimensions;
        const at = row * dimensions + direction;
        matrix[at] = (matrix[at] ?? 0) + 1;
      }
      const vector = matrix.subarray(row * dimensions, (row + 1) * dimensions);
      const length = Math.hypot(...vector);
      for (const [index, value] of vector.entries()) vector[index] = value / length;
    }
    return matrix;
  },
  countTokens: async (texts) => texts.map((text) => text.length),
  health: () => ({ name: "embedder", state: "ok", detail: "" }),
  [Symbol.asyncDispose]: async () => undefined,
};

let folder: string;
let store: SqliteStore;
let vectors: FollowedIndex;
let knowledgeBaseId: KnowledgeBaseId;

/** A document of one passage per paragraph, made ready the way the worker does it. */
async function add(title: string, paragraphs: readonly string[]): Promise<DocumentId> {
  const text = paragraphs.join("\n\n");
  const sha256 = createHash("sha256").update(`${title}\n${text}`).digest("hex");
  const upload = { sha256, bytes: text.length, title, mediaType: "text/plain", metadata: {} };
  const accepted = await store.documents.accept(knowledgeBaseId, [upload], call);
  const task = await store.documents.lease({ name: "test", leaseMs: 60_000 }, call);
  if (task === undefined) throw new Error("nothing to do");
  let start = 0;
  const passages = paragraphs.map((paragraph, index) => {
    const draft = { text: paragraph, start, end: start + paragraph.length, headings: [], tokens: 1 };
    start += paragraph.length + 2;
    return { ...draft, lead: index === 0 ? "" : "\n\n" };
  });
  await store.documents.finish(
    task,
    {
      text,
      mediaType: "text/plain",
      pages: 0,
      tokens: tokenCounter.count(text),
      warnings: [],
      passages,
      vectors: await embedder.embed(paragraphs, "bulk", call),
      dimensions,
      embedderId,
      parserId: "test",
      splitterId: "test",
    },
    call,
  );
  const id = accepted.documents[0]?.document.id;
  if (id === undefined) throw new Error("not accepted");
  return id;
}

const retriever = (change: Partial<RetrieverPorts> = {}) =>
  createHybridRetriever({
    embedder,
    vectors,
    lexical: store.lexical,
    documents: store.documents,
    tokenCounter,
    clock,
    ...change,
  });
const ask = (text: string, change: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
  knowledgeBaseId,
  text,
  mode: "hybrid",
  limit: 10,
  tokenBudget: 2_000,
  ...change,
});

let carManual: DocumentId;
let kitchen: DocumentId;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-retriever-"));
  store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
  vectors = createFollowedIndex({ index: createExactIndex({ dimensions }), log: store.operationLog });
  knowledgeBaseId = (await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call)).id;
  carManual = await add("Car manual", [
    "Change the oil of the car every 15,000 kilometres.",
    "The tyre pressure is printed inside the fuel flap.",
    "Only a workshop may replace the airbag module XK-17.",
  ]);
  kitchen = await add("Kitchen", ["Olive oil goes rancid in the light.", "Flour wants a dry place."]);
});

afterAll(async () => {
  await vectors[Symbol.asyncDispose]();
  await store.close();
  await rm(folder, { recursive: true });
});

describe("createHybridRetriever", () => {
  it("finds by words and by meaning, best first, within the budget", async () => {
    const { evidence, tokens, degraded, timingsMs } = await retriever().retrieve(ask("automobile kilometres"), call);
    expect(evidence[0]?.text).toContain("Change the oil of the car");
    expect(evidence.map(({ score }) => score)).toEqual(evidence.map(({ score }) => score).toSorted((a, b) => b - a));
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

  it("gives text that stands at its offsets in the stored document", async () => {
    const { evidence } = await retriever().retrieve(ask("oil tyre airbag flour"), call);
    expect(evidence.some(({ passageIds }) => passageIds.length > 1)).toBe(true);
    for (const piece of evidence) {
      const { text } = await store.documents.text(knowledgeBaseId, piece.documentId, call);
      expect(text.slice(piece.start, piece.end)).toBe(piece.text);
    }
  });

  it("gives the same evidence each time", async () => {
    const { timingsMs: _, ...first } = await retriever().retrieve(ask("oil"), call);
    const { timingsMs: __, ...second } = await retriever().retrieve(ask("oil"), call);
    expect(second).toEqual(first);
  });

  it.each(["dense", "lexical"] as const)("searches %s alone when asked to", async (mode) => {
    const { evidence } = await retriever().retrieve(ask("airbag module", { mode }), call);
    expect(evidence[0]?.text).toContain("airbag");
    expect(evidence.every(({ scores }) => Object.keys(scores).join() === mode)).toBe(true);
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
    const id = await add("Gone", ["The zeppelin lands at noon."]);
    const before = await retriever().retrieve(ask("zeppelin"), call);
    expect(before.evidence[0]?.documentId).toBe(id);
    const stale: VectorSearcher = {
      health: vectors.health,
      search: async () => ({
        hits: before.evidence.map((_, index) => ({ label: (index + 1_000) as never, score: 1 })),
      }),
    };
    await store.documents.deleteDocument(knowledgeBaseId, id, call);
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
      health: vectors.health,
      search: (...parameters) => {
        searches += 1;
        return searches === 1 ? vectors.search(...parameters) : Promise.reject(new LarderError("INDEX_UNAVAILABLE"));
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
      health: vectors.health,
      search: async (...parameters) => ({
        ...(await vectors.search(...parameters)),
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
    const empty = await store.documents.createKnowledgeBase({ name: "e", description: "", settings: {} }, call);
    expect((await retriever().retrieve(ask("oil", { knowledgeBaseId: empty.id }), call)).evidence).toEqual([]);
    const unknown = "kb_unknown00000" as KnowledgeBaseId;
    await expect(retriever().retrieve(ask("oil", { knowledgeBaseId: unknown }), call)).rejects.toMatchObject({
      code: "KNOWLEDGE_BASE_NOT_FOUND",
    });
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

  it("names its settings", () => {
    expect(retriever().id).toContain("dense=0.5");
    expect(retriever({ settings: { denseWeight: 0.3 } }).id).not.toBe(retriever().id);
  });
});
