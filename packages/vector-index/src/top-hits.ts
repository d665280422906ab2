import type { Label, VectorHit } from "@larder/contracts";

/**
 * The best `limit` of any number of offers, in memory for `limit`. Order: greater score, then smaller label. A binary
 * heap whose root is the worst that is kept. Cost: O(log limit) for an offer that is kept, O(1) for one that is not.
 */
export class TopHits {
  /** No score below this can be kept any more. */
  floor = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  readonly #heap: VectorHit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(score: number, label: Label): void {
    const hit = { label, score };
    if (this.#heap.length < this.#limit) {
      this.#heap.push(hit);
      this.#rise();
    } else {
      const worst = this.#heap[0];
      if (worst === undefined || !isBetter(hit, worst)) return;
      this.#heap[0] = hit;
      this.#sink();
    }
    if (this.#heap.length === this.#limit) this.floor = this.#heap[0]?.score ?? this.floor;
  }

  /** What was kept, best first. */
  list(): VectorHit[] {
    return this.#heap.toSorted((a, b) => (isBetter(a, b) ? -1 : 1));
  }

  #rise(): void {
    const heap = this.#heap;
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWorse(heap, at, parent)) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let worst = at;
      if (left < heap.length && isWorse(heap, left, worst)) worst = left;
      if (right < heap.length && isWorse(heap, right, worst)) worst = right;
      if (worst === at) return;
      swap(heap, at, worst);
      at = worst;
    }
  }
}

function isBetter(a: VectorHit, b: VectorHit): boolean {
  return a.score > b.score || (a.score === b.score && a.label < b.label);
}

function isWorse(heap: readonly VectorHit[], i: number, j: number): boolean {
  const [a, b] = [heap[i], heap[j]];
  return a !== undefined && b !== undefined && isBetter(b, a);
}

function swap(heap: VectorHit[], i: number, j: number): void {
  const [a, b] = [heap[i], heap[j]];
  if (a === undefined || b === undefined) return;
  heap[i] = b;
  heap[j] = a;
}
