import type { Label, VectorCollectionId, VectorHit, VectorSearchResult } from "@larder/contracts";
import type { PackedOperations } from "../packed-operations.ts";
import { BodyReader, bytesOf } from "./frame-bodies.ts";

/** What goes between the index and its hosts as raw bytes: everything with a vector in it. */
export const frameMethods = { search: 1, apply: 2, rows: 3, audit: 4 } as const;

export interface SearchRequest {
  readonly id: VectorCollectionId;
  readonly vector: Float32Array;
  readonly limit: number;
  /** Labels. */
  readonly allowed: Uint32Array | undefined;
}

export interface ApplyRequest {
  readonly id: VectorCollectionId;
  readonly after: number;
  readonly operations: PackedOperations;
}

export interface RowsRequest {
  readonly id: VectorCollectionId;
  readonly first: number;
  readonly count: number;
}

/** Vectors as they are stored, row by row, for moving a collection to other hosts. */
export interface Rows {
  readonly labels: Uint32Array;
  readonly vectors: Float32Array;
}

type Parts = readonly Uint8Array[];
type Body = Uint8Array<ArrayBuffer>;

const hitsHeadBytes = 16;
const anyLabel = 0xffff_ffff; // no label, so it can stand for "all"

/** `[limit, dimensions, labels or all, bytes of the id]`, vector, labels, id. */
export function encodeSearch({ id, vector, limit, allowed }: SearchRequest): Parts {
  const name = Buffer.from(id);
  const head = Uint32Array.of(limit, vector.length, allowed?.length ?? anyLabel, name.byteLength);
  return [bytesOf(head), bytesOf(vector), ...(allowed === undefined ? [] : [bytesOf(allowed)]), name];
}

export function decodeSearch(body: Body): SearchRequest {
  const reader = new BodyReader(body);
  const [limit = 0, dimensions = 0, allowedCount = 0, nameBytes = 0] = reader.take(Uint32Array, 4);
  const vector = reader.take(Float32Array, dimensions);
  const allowed = allowedCount === anyLabel ? undefined : reader.take(Uint32Array, allowedCount);
  const id = reader.takeId(nameBytes);
  reader.end();
  return { id, vector, limit, allowed };
}

/** Sequence (float64), `[hits, bytes of degraded]`, labels, scores, degraded. Scores are float32 from the start. */
export function encodeHits({ hits, appliedSequence, degraded = "" }: VectorSearchResult): Parts {
  const words = Buffer.from(degraded);
  const count = hits.length;
  const buffer = new ArrayBuffer(hitsHeadBytes + count * 8);
  new Float64Array(buffer, 0, 1).fill(appliedSequence);
  new Uint32Array(buffer, 8, 2).set([count, words.byteLength]);
  const labels = new Uint32Array(buffer, hitsHeadBytes, count);
  const scores = new Float32Array(buffer, hitsHeadBytes + count * 4, count);
  for (let i = 0; i < count; i++) {
    labels[i] = hits[i]?.label ?? 0;
    scores[i] = hits[i]?.score ?? 0;
  }
  return [new Uint8Array(buffer), words];
}

export function decodeHits(body: Body): VectorSearchResult {
  const reader = new BodyReader(body);
  const [appliedSequence = 0] = reader.take(Float64Array, 1);
  const [count = 0, wordBytes = 0] = reader.take(Uint32Array, 2);
  const labels = reader.take(Uint32Array, count);
  const scores = reader.take(Float32Array, count);
  const degraded = reader.takeText(wordBytes);
  reader.end();
  const hits: VectorHit[] = [];
  for (let i = 0; i < count; i++) hits.push({ label: labels[i] as Label, score: scores[i] ?? 0 }); // `take` gave as many
  return degraded === "" ? { hits, appliedSequence } : { hits, appliedSequence, degraded };
}

/** After (float64), `[operations, numbers of all vectors, bytes of the id, 0]`, sequences, labels, vectors, kinds, id. */
export function encodeApply({ id, after, operations }: ApplyRequest): Parts {
  const name = Buffer.from(id);
  const { sequences, labels, isAdd, vectors } = operations;
  return [
    bytesOf(Float64Array.of(after)),
    bytesOf(Uint32Array.of(labels.length, vectors.length, name.byteLength, 0)),
    ...[sequences, labels, vectors, isAdd].map(bytesOf),
    name,
  ];
}

export function decodeApply(body: Body): ApplyRequest {
  const reader = new BodyReader(body);
  const [after = 0] = reader.take(Float64Array, 1);
  const [count = 0, numbers = 0, nameBytes = 0] = reader.take(Uint32Array, 4);
  const sequences = reader.take(Float64Array, count);
  const labels = reader.take(Uint32Array, count);
  const vectors = reader.take(Float32Array, numbers);
  const isAdd = reader.take(Uint8Array, count);
  const id = reader.takeId(nameBytes);
  reader.end();
  return { id, after, operations: { sequences, labels, isAdd, vectors } };
}

/** How many vectors there are now. */
export function encodeCount(count: number): Parts {
  return [bytesOf(Uint32Array.of(count))];
}

export function decodeCount(body: Body): number {
  const reader = new BodyReader(body);
  const [count = 0] = reader.take(Uint32Array, 1);
  reader.end();
  return count;
}

export function encodeRowsRequest({ id, first, count }: RowsRequest): Parts {
  const name = Buffer.from(id);
  return [bytesOf(Uint32Array.of(first, count, name.byteLength)), name];
}

export function decodeRowsRequest(body: Body): RowsRequest {
  const reader = new BodyReader(body);
  const [first = 0, count = 0, nameBytes = 0] = reader.take(Uint32Array, 3);
  const id = reader.takeId(nameBytes);
  reader.end();
  return { id, first, count };
}

export function encodeRows({ labels, vectors }: Rows): Parts {
  return [bytesOf(Uint32Array.of(labels.length, vectors.length)), bytesOf(labels), bytesOf(vectors)];
}

export function decodeRows(body: Body): Rows {
  const reader = new BodyReader(body);
  const [count = 0, numbers = 0] = reader.take(Uint32Array, 2);
  const labels = reader.take(Uint32Array, count);
  const vectors = reader.take(Float32Array, numbers);
  reader.end();
  return { labels, vectors };
}
