const capacityFirst = 256;

/**
 * Numbers of nodes by their score, the least first. A heap in two arrays that are used again: the walk through a graph
 * puts thousands in and takes them out within a millisecond.
 */
export class ScoredHeap {
  size = 0;
  #scores = new Float64Array(capacityFirst);
  #nodes = new Uint32Array(capacityFirst);

  /** Of the least. Meaningless when it is empty. */
  get leastScore(): number {
    return this.#scores[0] as number;
  }

  get leastNode(): number {
    return this.#nodes[0] as number;
  }

  scoreAt(place: number): number {
    return this.#scores[place] as number;
  }

  nodeAt(place: number): number {
    return this.#nodes[place] as number;
  }

  clear(): void {
    this.size = 0;
  }

  push(score: number, node: number): void {
    if (this.size === this.#scores.length) this.#grow();
    const scores = this.#scores;
    const nodes = this.#nodes;
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if ((scores[parent] as number) <= score) break;
      scores[place] = scores[parent] as number;
      nodes[place] = nodes[parent] as number;
      place = parent;
    }
    scores[place] = score;
    nodes[place] = node;
  }

  /** Takes the least out. */
  pop(): void {
    this.size -= 1;
    if (this.size > 0) this.#sink(this.#scores[this.size] as number, this.#nodes[this.size] as number);
  }

  /** Puts this in the place of the least. */
  replaceLeast(score: number, node: number): void {
    this.#sink(score, node);
  }

  #sink(score: number, node: number): void {
    const scores = this.#scores;
    const nodes = this.#nodes;
    const { size } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && (scores[child + 1] as number) < (scores[child] as number)) child += 1;
      if ((scores[child] as number) >= score) break;
      scores[place] = scores[child] as number;
      nodes[place] = nodes[child] as number;
      place = child;
    }
    scores[place] = score;
    nodes[place] = node;
  }

  #grow(): void {
    const scores = new Float64Array(this.#scores.length * 2);
    scores.set(this.#scores);
    this.#scores = scores;
    const nodes = new Uint32Array(this.#nodes.length * 2);
    nodes.set(this.#nodes);
    this.#nodes = nodes;
  }
}
