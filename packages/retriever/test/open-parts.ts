import { createHash } from "node:crypto";
import type { DocumentId, Embedder, EmbedderId, KnowledgeBaseId } from "@larder/contracts";
import { addReady, testCall as call, sha256Of } from "@larder/testkit/fixtures";
import type { RetrieverPorts } from "../src/hybrid-retriever.ts";
import { createHybridRetriever } from "../src/hybrid-retriever.ts";
import { openRetrieverPorts } from "./open-retriever-ports.ts";

const dimensions = 64;
const embedderId = "words-64" as EmbedderId;

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
  const { store, ports, close } = await openRetrieverPorts(folder, wordEmbedder);
  const { vectors, tokenCounter, tokenMatcher, sentenceReader } = ports;

  /** A document of one passage per paragraph, made ready the way the worker does it. */
  async function add(
    knowledgeBaseId: KnowledgeBaseId,
    title: string,
    paragraphs: readonly string[],
    { hasSentences = true } = {},
  ): Promise<DocumentId> {
    const text = paragraphs.join("\n\n");
    let start = 0;
    const passages = paragraphs.map((paragraph, index) => {
      const draft = { text: paragraph, start, end: start + paragraph.length, headings: [], tokens: 1 };
      start += paragraph.length + 2;
      const sentences = hasSentences ? { sentences: sentenceReader.read(paragraph) } : {};
      return { ...draft, ...sentences, lead: index === 0 ? "" : "\n\n" };
    });
    const finished = {
      ...{ passages, tokens: tokenCounter.count(text) },
      ...{ vectors: await wordEmbedder.embed(paragraphs, "bulk", call), dimensions, embedderId },
    };
    const upload = { sha256: sha256Of(`${title}\n${text}`), title };
    return (await addReady(store.documents, knowledgeBaseId, text, { upload, finished })).id;
  }

  return {
    ...{ store, vectors, tokenCounter, tokenMatcher, sentenceReader, add, close },
    retriever: (change: Partial<RetrieverPorts> = {}) => createHybridRetriever({ ...ports, ...change }),
  };
}
