import type { GraphContent } from "./graph-content.ts";
import { noNode } from "./link-lists.ts";
import { ScoredHeap } from "./scored-heap.ts";
import { VisitedNodes } from "./visited-nodes.ts";

/** Walks through a graph towards what its rows were asked for. Nothing may change the graph meanwhile, so none waits. */
export class GraphWalk {
  /** What {@link explore} found, the farthest first. */
  readonly found = new ScoredHeap();
  readonly #content: GraphContent;
  readonly #visited = new VisitedNodes();
  /** By distance: the negative of the score. */
  readonly #candidates = new ScoredHeap();

  constructor(content: GraphContent) {
    this.#content = content;
  }

  get bytes(): number {
    return this.#visited.bytes;
  }

  /** From a node on level `from` down to level `to`, on each level above that as near as single steps lead. */
  descend(entry: number, from: number, to: number): number {
    const { rows, links } = this.#content;
    let node = entry;
    let best = rows.scoreOf(entry);
    for (let level = from; level > to; level--) {
      const lists = links.lists(level);
      for (let at = -1; at !== node; ) {
        at = node;
        const count = this.#batchAll(lists, links.firstPlace(at, level), links.places(level));
        rows.score(count);
        for (let i = 0; i < count; i++) {
          const score = rows.scores[i] as number;
          if (score <= best) continue;
          best = score;
          node = rows.batch[i] as number;
        }
      }
    }
    return node;
  }

  #batchAll(lists: Uint32Array, first: number, places: number): number {
    const { batch } = this.#content.rows;
    let count = 0;
    for (let link = lists[first] as number; link !== noNode && count < places; link = lists[first + count] as number) {
      batch[count++] = link;
    }
    return count;
  }

  /**
   * Finds `ef` live nodes near what is asked for; fewer only when no more are reached, and `entry` alone when none is live.
   * @source Malkov, Yashunin, algorithm 2. Deleted nodes are walked through.
   */
  explore(entry: number, level: number, ef: number): void {
    const { rows, links, names } = this.#content;
    const { found } = this;
    const { batch, scores } = rows;
    const candidates = this.#candidates;
    const { marks, mark } = this.#visited.begin(rows.count);
    const lists = links.lists(level);
    const places = links.places(level);
    const { deadCount, dead } = names;
    found.clear();
    candidates.clear();
    const entryScore = rows.scoreOf(entry);
    candidates.push(-entryScore, entry);
    if (names.isLive(entry)) found.push(entryScore, entry);
    marks[entry] = mark;
    while (candidates.size > 0) {
      if (found.size >= ef && -candidates.leastScore < found.leastScore) break;
      const first = links.firstPlace(candidates.leastNode, level);
      candidates.pop();
      let count = 0;
      for (let place = first; place < first + places; place++) {
        const link = lists[place] as number;
        if (link === noNode) break;
        if (marks[link] === mark) continue;
        marks[link] = mark;
        batch[count++] = link;
      }
      rows.score(count);
      for (let i = 0; i < count; i++) {
        const score = scores[i] as number;
        const isFull = found.size >= ef;
        if (isFull && score <= found.leastScore) continue;
        const node = batch[i] as number;
        candidates.push(-score, node);
        if (deadCount > 0 && dead[node] === 1) continue;
        if (isFull) found.replaceLeast(score, node);
        else found.push(score, node);
      }
    }
    if (found.size === 0) found.push(entryScore, entry);
  }
}
