/** In a list of links: a place that is free, and so are those after it. */
export const noNode = 0xffff_ffff;

const levelMax = 15; // with 16 links a node in 10^19 would lie higher

/**
 * Which nodes each node is linked with, level by level: on the lowest `2m` places for every node, above it `m` places
 * for each further level of those few that have one.
 */
export class LinkLists {
  readonly m: number;
  count = 0;
  #levels: Uint8Array = new Uint8Array(0);
  #lowest: Uint32Array = new Uint32Array(0);
  /** Of each node: where its places above the lowest level begin in `upper`. */
  #starts: Uint32Array = new Uint32Array(0);
  #upper: Uint32Array = new Uint32Array(0);
  #upperLength = 0;

  constructor(m: number, nodes: number) {
    this.m = m;
    this.#reserve(nodes);
  }

  get bytes(): number {
    return this.#levels.byteLength + this.#lowest.byteLength + this.#starts.byteLength + this.#upper.byteLength;
  }

  /** A new node without links. Gives its highest level. */
  add(): number {
    const node = this.count;
    if (node === this.#levels.length) this.#reserve(Math.ceil((node + 1) * 1.5));
    this.count += 1;
    const level = levelOf(node, this.m);
    this.#levels[node] = level;
    this.#starts[node] = this.#upperLength;
    this.#upperLength += level * this.m;
    if (this.#upperLength > this.#upper.length) this.#upper = grown(this.#upper, Math.ceil(this.#upperLength * 1.5));
    return level;
  }

  levelAt(node: number): number {
    return this.#levels[node] as number;
  }

  /** Where the lists of a level are; {@link firstPlace} and {@link places} say where in it. Valid until the next {@link add}. */
  lists(level: number): Uint32Array {
    return level === 0 ? this.#lowest : this.#upper;
  }

  firstPlace(node: number, level: number): number {
    return level === 0 ? node * 2 * this.m : (this.#starts[node] as number) + (level - 1) * this.m;
  }

  /** Links of a node on a level at most. */
  places(level: number): number {
    return level === 0 ? 2 * this.m : this.m;
  }

  /** Links a node with the first `count` of these and no others. */
  set(node: number, level: number, linked: Uint32Array, count: number): void {
    const lists = this.lists(level);
    const first = this.firstPlace(node, level);
    const end = first + this.places(level);
    for (let i = 0; i < count; i++) lists[first + i] = linked[i] as number;
    lists.fill(noNode, first + count, end);
  }

  /** For files. Valid until the next change. */
  parts(): readonly [levels: Uint8Array, starts: Uint32Array, upper: Uint32Array, lowest: Uint32Array] {
    const { count } = this;
    return [
      this.#levels.subarray(0, count),
      this.#starts.subarray(0, count),
      this.#upper.subarray(0, this.#upperLength),
      this.#lowest.subarray(0, count * 2 * this.m),
    ];
  }

  /** Takes so many nodes and places above the lowest level, and gives the places of all parts, to be filled. For empty lists. */
  restore(count: number, upperLength: number): ReturnType<LinkLists["parts"]> {
    this.#reserve(count);
    this.#upper = grown(this.#upper, upperLength);
    this.count = count;
    this.#upperLength = upperLength;
    return this.parts();
  }

  /** What is wrong with lists that come from a file: a walk through those would leave them. */
  problem(): string | undefined {
    const [levels, starts, upper, lowest] = this.parts();
    if (!this.#areLinks(lowest, 0, lowest.length, 0)) return "a link leads nowhere";
    for (let node = 0; node < levels.length; node++) {
      const level = levels[node] as number;
      if (level === 0) continue;
      if (level > levelMax) return "a node lies too high";
      const start = starts[node] as number;
      if (start + level * this.m > upper.length) return "a node's links lie outside";
      for (let above = 1; above <= level; above++) {
        const first = this.firstPlace(node, above);
        if (!this.#areLinks(upper, first, first + this.m, above)) return "a link leads nowhere";
      }
    }
    return undefined;
  }

  #areLinks(lists: Uint32Array, first: number, end: number, level: number): boolean {
    for (let i = first; i < end; i++) {
      const link = lists[i] as number;
      if (link !== noNode && (link >= this.count || this.levelAt(link) < level)) return false;
    }
    return true;
  }

  #reserve(nodes: number): void {
    if (nodes <= this.#levels.length) return;
    const levels = new Uint8Array(nodes);
    levels.set(this.#levels);
    this.#levels = levels;
    this.#starts = grown(this.#starts, nodes);
    this.#lowest = grown(this.#lowest, nodes * 2 * this.m);
  }
}

function grown(before: Uint32Array, length: number): Uint32Array {
  if (length <= before.length) return before;
  const after = new Uint32Array(length);
  after.set(before);
  return after.fill(noNode, before.length);
}

/**
 * Drawn from an exponential distribution, by the node's number instead of by chance: so a graph is made of the order of its
 * additions alone. The number is mixed by the finaliser of MurmurHash3.
 * @source Malkov, Yashunin, algorithm 1: `⌊-ln(uniform) / ln(m)⌋`
 */
function levelOf(node: number, m: number): number {
  let mixed = node + 1;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  const uniform = (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  return Math.min(levelMax, Math.floor(-Math.log(uniform) / Math.log(m)));
}
