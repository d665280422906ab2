import type { IndexOperation, Label, VectorHit } from "@larder/contracts";

/** Labels and sequences come as numbers in tests. */
export const asLabel = (number: number): Label => number as Label;

export function addOf(sequence: number, label: number, vector: Float32Array): IndexOperation {
  return { sequence, kind: "add", label: asLabel(label), vector };
}

export function deleteOf(sequence: number, label: number): IndexOperation {
  return { sequence, kind: "delete", label: asLabel(label) };
}

/** The simplest index that can be right: what any other is compared with. */
export class VectorModel {
  readonly vectors = new Map<number, Float32Array>();
  appliedSequence = 0;

  apply(operations: readonly IndexOperation[]): void {
    for (const operation of operations) {
      if (operation.sequence <= this.appliedSequence) continue;
      if (operation.kind === "add") this.vectors.set(operation.label, operation.vector);
      else this.vectors.delete(operation.label);
      this.appliedSequence = operation.sequence;
    }
  }

  /** Every label that may be returned, best first, ties by label. */
  rank(query: Float32Array, allowed?: ReadonlySet<number>): VectorHit[] {
    return [...this.vectors]
      .filter(([label]) => allowed === undefined || allowed.has(label))
      .map(([label, vector]) => ({ label: asLabel(label), score: cosine(query, vector) }))
      .toSorted((a, b) => b.score - a.score || a.label - b.label);
  }
}

export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a)) / Math.sqrt(dot(b, b));
}

/** The same numbers for the same seed, evenly spread in [0, 1). @source mulberry32 by Tommy Ettinger, public domain */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Vectors around a few centres, as those of texts are. */
export function clusteredVectors(count: number, dimensions: number, random: () => number): Float32Array[] {
  const spread = (scale: number): Float32Array =>
    Float32Array.from({ length: dimensions }, () => (random() + random() + random() - 1.5) * scale);
  const centres = Array.from({ length: Math.max(1, Math.ceil(count / 50)) }, () => spread(1));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)];
    return spread(0.5).map((value, i) => value + (centre?.[i] ?? 0));
  });
}
