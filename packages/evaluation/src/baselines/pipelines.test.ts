import type { Embedder, EmbedderId } from "@larder/contracts";
import { expect, it } from "vitest";
import type { DataSet } from "../data-set.ts";
import { openNaiveRagPipeline } from "./naive-rag-pipeline.ts";
import { createOraclePipeline } from "./oracle-pipeline.ts";
import { piecesOf } from "./pieces-of.ts";
import { createRandomPipeline } from "./random-pipeline.ts";

const call = { signal: new AbortController().signal };
const countTokens = (text: string): number => text.length;
const limits = { tokenBudget: 1_000, pieces: 100 };
const query = { id: "q", text: "b" };
const documents = [
  { id: "1", title: "", text: "aabb" },
  { id: "2", title: "", text: "bbbb" },
];
const set: DataSet = {
  name: "tiny",
  kind: "spans",
  documents,
  queries: [query],
  relevance: new Map(),
  gold: new Map([["q", [{ documentId: "1", start: 2, end: 4 }]]]),
  unanswerable: [],
};
const halves = piecesOf(
  documents,
  () => [
    { start: 0, end: 2 },
    { start: 2, end: 4 },
  ],
  countTokens,
);

/** One dimension for each of two letters. */
const letterEmbedder: Embedder = {
  id: "letters" as EmbedderId,
  dimensions: 2,
  textTokensMax: 100,
  textsPerCallMax: 8,
  embed: async (texts) => Float32Array.from(texts.flatMap((text) => (text.includes("a") ? [1, 0] : [0, 1]))),
  countTokens: async (texts) => texts.map(() => 1),
  health: () => ({ name: "embedder", state: "ok", detail: "" }),
  [Symbol.asyncDispose]: async () => undefined,
};

it("the oracle sends the gold and nothing else", async () => {
  const found = await createOraclePipeline(set, countTokens).retrieve(query, limits, call);
  expect(found.evidence).toEqual([{ documentId: "1", start: 2, end: 4 }]);
  expect(found.tokens()).toBe(2);
});

it("random sends every piece once when there is room, in the same order for one seed", async () => {
  const [a, b] = [createRandomPipeline(halves, countTokens), createRandomPipeline(halves, countTokens)];
  const found = await a.retrieve(query, limits, call);
  expect(new Set(found.evidence).size).toBe(halves.length);
  expect(await b.retrieve(query, limits, call).then(({ evidence }) => evidence)).toEqual(found.evidence);
});

it("naive RAG sends the nearest pieces first", async () => {
  const pipeline = await openNaiveRagPipeline(halves, letterEmbedder, countTokens, call);
  const { evidence } = await pipeline.retrieve(query, { tokenBudget: 6, pieces: 100 }, call);
  expect(evidence.map(({ documentId, start }) => `${documentId}:${start}`)).toEqual(["1:2", "2:0", "2:2"]);
});
