import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock, DocumentId, Embedder, EmbedderId, IdKind, Ids, KnowledgeBaseId } from "@larder/contracts";
import { idPrefixes } from "@larder/contracts";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import { openSqliteStore } from "@larder/store";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { createExactIndex, createFollowedIndex } from "@larder/vector-index";
import type { RetrieverPorts } from "../src/hybrid-retriever.ts";
import { createHybridRetriever } from "../src/hybrid-retriever.ts";

const dimensions = 64;
const embedderId = "words-64" as EmbedderId;
const call = { signal: new AbortController().signal };
const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Meaning by words: each word is a direction, "automobile" the same one as "car". */
export const wordEmbedder: Embedder = {
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

/** A retriever's real parts on a database in `folder`, new or as it was left. */
export async function openParts(folder: string) {
  let numbers = 0;
  const ids: Ids = {
    next<Kind extends IdKind>(kind: Kind) {
      numbers += 1;
      return `${idPrefixes[kind]}${String(numbers).padStart(12, "0")}` as never;
    },
  };
  const tokenCounter = createO200kTokenCounter();
  const tokenMatcher = await openTokenMatcher();
  const sentenceReader = createSentenceReader(tokenMatcher, tokenCounter);
  const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
  const vectors = createFollowedIndex({ index: createExactIndex({ dimensions }), log: store.operationLog });

  /** A document of one passage per paragraph, made ready the way the worker does it. */
  async function add(
    knowledgeBaseId: KnowledgeBaseId,
    title: string,
    paragraphs: readonly string[],
    { hasSentences = true } = {},
  ): Promise<DocumentId> {
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
      const sentences = hasSentences ? { sentences: sentenceReader.read(paragraph) } : {};
      return { ...draft, ...sentences, lead: index === 0 ? "" : "\n\n" };
    });
    const finished = {
      ...{ text, mediaType: "text/plain", pages: 0, tokens: tokenCounter.count(text), warnings: [], passages },
      ...{ vectors: await wordEmbedder.embed(paragraphs, "bulk", call), dimensions, embedderId },
      ...{ parserId: "test", splitterId: "test" },
    };
    await store.documents.finish(task, finished, call);
    const id = accepted.documents[0]?.document.id;
    if (id === undefined) throw new Error("not accepted");
    return id;
  }

  const ports: RetrieverPorts = {
    embedder: wordEmbedder,
    vectors,
    lexical: store.lexical,
    documents: store.documents,
    tokenCounter,
    tokenMatcher,
    sentenceReader,
    clock,
  };
  return {
    ...{ store, vectors, tokenCounter, tokenMatcher, sentenceReader, add },
    retriever: (change: Partial<RetrieverPorts> = {}) => createHybridRetriever({ ...ports, ...change }),
    async close() {
      await vectors[Symbol.asyncDispose]();
      await store.close();
    },
  };
}
