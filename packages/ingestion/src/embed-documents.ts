import type { Call, Clock, Embedder, EmbeddingLane, FinishedVersion } from "@larder/contracts";
import type { DocumentStages } from "./document-stages.ts";
import { planBatches } from "./plan-batches.ts";
import type { EmbeddedText, PreparedDocument, VectorsByText } from "./prepared-document.ts";

export interface EmbeddedDocument {
  readonly prepared: PreparedDocument;
  readonly vectors: Float32Array;
  readonly passagesReused: number;
  readonly embedMs: number;
}

export interface EmbeddingRun {
  readonly embedder: Embedder;
  readonly clock: Clock;
  /** What need not be embedded. */
  readonly known: VectorsByText;
  readonly stages?: DocumentStages | undefined;
  /** @defaultValue "bulk" */
  readonly lane?: EmbeddingLane;
  /** Told of each batch: the share of the texts that have a vector. */
  readonly onProgress: (share: number) => void;
}

/**
 * Embeds the passages of several documents, each distinct text once, those of short documents in the same calls. A text
 * whose vector is known reaches no model.
 * @throws {@link LarderError} what the embedder throws
 */
export async function embedDocuments(
  documents: readonly PreparedDocument[],
  { embedder, clock, known, stages, onProgress, lane = "bulk" }: EmbeddingRun,
  call: Call,
): Promise<readonly EmbeddedDocument[]> {
  const startedMs = clock.monotonicMs();
  const missing = distinct(documents.flatMap(({ texts }) => texts)).filter(({ sha256 }) => !known.has(sha256));
  const vectors = new Map(known);
  const { dimensions } = embedder;
  for (const { start, end } of planBatches(missing.length, embedder.textsPerCallMax)) {
    const batch = missing.slice(start, end);
    const rows = await embedder.embed(
      batch.map(({ text }) => text),
      lane,
      call,
    );
    for (const [i, { sha256 }] of batch.entries()) {
      vectors.set(sha256, rows.subarray(i * dimensions, (i + 1) * dimensions));
    }
    onProgress(end / missing.length);
    if (end < missing.length) await stages?.keepVectors(documents, vectors, embedder, call);
  }
  const tookMs = clock.monotonicMs() - startedMs;
  return documents.map((prepared) => {
    const { texts } = prepared;
    const passagesReused = texts.filter(({ sha256 }) => known.has(sha256)).length;
    const share = missing.length === 0 ? 0 : Math.min(1, (texts.length - passagesReused) / missing.length);
    return { prepared, vectors: matrixOf(texts, vectors, dimensions), passagesReused, embedMs: tookMs * share };
  });
}

function distinct(texts: readonly EmbeddedText[]): readonly EmbeddedText[] {
  return [...new Map(texts.map((text) => [text.sha256, text])).values()];
}

function matrixOf(texts: readonly EmbeddedText[], vectors: VectorsByText, dimensions: number): Float32Array {
  const matrix = new Float32Array(texts.length * dimensions);
  for (const [i, { sha256 }] of texts.entries()) {
    const vector = vectors.get(sha256);
    if (vector !== undefined) matrix.set(vector, i * dimensions);
  }
  return matrix;
}

/** Everything that makes the version ready. */
export function toFinishedVersion(
  { prepared, vectors, passagesReused, embedMs }: EmbeddedDocument,
  onSameText: "keep" | "skip",
): FinishedVersion {
  const { content, embedder, task, tokens, textSha256, parseMs, splitMs, duplicateOf } = prepared;
  const isLeaning = duplicateOf !== undefined;
  return {
    ...content,
    tokens,
    passages: isLeaning ? [] : prepared.passages,
    vectors: isLeaning ? new Float32Array() : vectors,
    dimensions: embedder.dimensions,
    embedderId: embedder.id,
    textSha256,
    onSameText,
    ...(isLeaning ? { duplicateOf } : {}),
    passagesReused: isLeaning ? 0 : passagesReused,
    timingsMs: { queued: task.queuedMs, parse: parseMs, split: splitMs, embed: embedMs },
  };
}
