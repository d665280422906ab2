import type { Label } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { GraphParameters, VectorGraph } from "../vector-graph.ts";
import { chooseLinks } from "./choose-links.ts";
import { writeGraphFile } from "./code-graph-file.ts";
import { batchMax, CodeRows } from "./code-rows.ts";
import type { GraphContent } from "./graph-content.ts";
import { GraphWalk } from "./graph-walk.ts";
import { LinkLists, noNode } from "./link-lists.ts";
import { NodeNames } from "./node-names.ts";
import { ScoredHeap } from "./scored-heap.ts";

/**
 * A graph over vectors of signed bytes, as TypeScript over typed arrays: nothing in it can end the process, it is the same on
 * every machine for the same order of additions, and searches may go on while it is saved.
 * docs/decisions/0035-graph-of-codes.md has how it compares with hnswlib.
 */
export class CodeGraph implements VectorGraph {
  readonly isSaving = false;
  readonly #content: GraphContent;
  readonly #parameters: GraphParameters;
  readonly #walk: GraphWalk;
  readonly #best = new ScoredHeap();
  /** Candidates in order, the nearest first, while a node is linked. */
  #nodes = new Uint32Array(256);
  #scores = new Float64Array(256);
  readonly #chosen: Uint32Array;

  /** @throws {@link LarderError} `UNEXPECTED` for an `m` below 2 or above 63: a full list and one more are scored at once */
  constructor(content: GraphContent, parameters: GraphParameters) {
    const { m } = parameters;
    if (!(m >= 2 && 2 * m < batchMax))
      throw new LarderError("UNEXPECTED", { details: { problem: "m is out of range", m } });
    this.#content = content;
    this.#parameters = parameters;
    this.#walk = new GraphWalk(content);
    this.#chosen = new Uint32Array(2 * m);
  }

  static create(dimensions: number, slots: number, parameters: GraphParameters): CodeGraph {
    const rows = new CodeRows(dimensions, slots);
    return new CodeGraph(
      { rows, links: new LinkLists(parameters.m, slots), names: new NodeNames(slots), entry: 0 },
      parameters,
    );
  }

  get slots(): number {
    return this.#content.rows.count;
  }

  get bytes(): number {
    const { rows, links, names } = this.#content;
    return rows.bytes + links.bytes + names.bytes + this.#walk.bytes;
  }

  add(label: Label, vector: Float32Array): void {
    const { rows, links, names, entry } = this.#content;
    const node = rows.add(vector);
    const level = links.add();
    names.add(label);
    if (node === 0) return;
    rows.askForRow(node);
    const top = links.levelAt(entry);
    let from = this.#walk.descend(entry, top, level);
    for (let at = Math.min(level, top); at >= 0; at--) {
      rows.askForRow(node);
      this.#walk.explore(from, at, this.#parameters.efConstruction);
      const count = this.#drain(this.#walk.found);
      from = this.#nodes[0] as number;
      const chosen = chooseLinks(rows, this.#nodes, this.#scores, count, this.#parameters.m, this.#chosen);
      links.set(node, at, this.#chosen, chosen);
      for (const neighbour of this.#chosen.slice(0, chosen)) this.#linkBack(neighbour, node, at);
    }
    if (level > top) this.#content.entry = node;
  }

  markDeleted(label: Label): void {
    this.#content.names.markDeleted(label);
  }

  search(vector: Float32Array, count: number, ef: number): readonly Label[] {
    const { rows, links, entry } = this.#content;
    if (rows.count === 0 || count === 0) return [];
    rows.askFor(vector);
    const from = this.#walk.descend(entry, links.levelAt(entry), 0);
    this.#walk.explore(from, 0, Math.max(ef, count));
    return this.#nearest(count);
  }

  /** Of what the walk found: all whose cosine, for all that codes tell, may be as large as that of the `count`-th. */
  #nearest(count: number): readonly Label[] {
    const { rows, names } = this.#content;
    const { found } = this.#walk;
    const best = this.#best;
    best.clear();
    for (let i = 0; i < found.size; i++) {
      const score = found.scoreAt(i);
      if (best.size < count) best.push(score, found.nodeAt(i));
      else if (score > best.leastScore) best.replaceLeast(score, found.nodeAt(i));
    }
    const least = best.leastScore - rows.errorOf(best.leastNode);
    best.clear();
    for (let i = 0; i < found.size; i++) {
      const node = found.nodeAt(i);
      const score = found.scoreAt(i);
      if (score + rows.errorOf(node) >= least && names.isLive(node)) best.push(score, node); // dead: nothing else was found
    }
    const labels = new Array<Label>(best.size);
    for (let i = best.size - 1; i >= 0; i--) {
      labels[i] = names.labelOf(best.leastNode);
      best.pop();
    }
    return labels;
  }

  labels(): readonly number[] {
    return this.#content.names.live();
  }

  holds(label: Label, vector: Float32Array): boolean {
    const node = this.#content.names.nodeOf(label);
    return node !== undefined && this.#content.rows.holds(node, vector);
  }

  save(file: string): Promise<void> {
    return writeGraphFile(file, this.#content);
  }

  /** A list that is full keeps those links that {@link chooseLinks} chooses from them and the new one. */
  #linkBack(node: number, linked: number, level: number): void {
    const { rows, links } = this.#content;
    const lists = links.lists(level);
    const first = links.firstPlace(node, level);
    const places = links.places(level);
    const { batch, scores } = rows;
    let count = 0;
    while (count < places && lists[first + count] !== noNode) {
      batch[count] = lists[first + count] as number;
      count += 1;
    }
    if (count < places) {
      lists[first + count] = linked;
      return;
    }
    batch[count] = linked;
    rows.askForRow(node);
    rows.score(count + 1);
    const best = this.#best;
    best.clear();
    for (let i = 0; i <= count; i++) best.push(scores[i] as number, batch[i] as number);
    const candidates = this.#drain(best);
    const chosen = chooseLinks(rows, this.#nodes, this.#scores, candidates, places, this.#chosen);
    links.set(node, level, this.#chosen, chosen);
  }

  /**
   * Puts what a heap has in order, the nearest first, of equally near ones the newest: else nodes that are equal to many would be
   * linked by none of them, as each would keep those that were first.
   */
  #drain(heap: ScoredHeap): number {
    const count = heap.size;
    if (count > this.#nodes.length) {
      this.#nodes = new Uint32Array(2 * count);
      this.#scores = new Float64Array(2 * count);
    }
    const nodes = this.#nodes;
    const scores = this.#scores;
    for (let i = count - 1; i >= 0; i--) {
      const node = heap.leastNode;
      const score = heap.leastScore;
      heap.pop();
      let place = i;
      for (; place + 1 < count && scores[place + 1] === score && (nodes[place + 1] as number) > node; place++) {
        nodes[place] = nodes[place + 1] as number;
        scores[place] = score;
      }
      nodes[place] = node;
      scores[place] = score;
    }
    return count;
  }
}
