import type { Label } from "@larder/contracts";

/** Which node has which label, and which are deleted. */
export class NodeNames {
  count = 0;
  deadCount = 0;
  /** 1 for each node that is deleted. */
  dead = new Uint8Array(0);
  #labels = new Uint32Array(0);
  readonly #nodes = new Map<Label, number>();

  constructor(nodes: number) {
    this.#reserve(nodes);
  }

  get bytes(): number {
    return this.dead.byteLength + this.#labels.byteLength + this.#nodes.size * mapEntryBytes;
  }

  /** Names the next node. Where the label has one already, that one is deleted: a walk finds no label twice. */
  add(label: Label): void {
    if (this.#nodes.has(label)) this.markDeleted(label);
    if (this.count === this.#labels.length) this.#reserve(Math.ceil((this.count + 1) * 1.5));
    const node = this.count++;
    this.#labels[node] = label;
    this.#nodes.set(label, node);
  }

  markDeleted(label: Label): void {
    const node = this.#nodes.get(label);
    if (node === undefined) throw new Error("a label that the graph does not have");
    this.#nodes.delete(label);
    this.dead[node] = 1;
    this.deadCount += 1;
  }

  isLive(node: number): boolean {
    return this.dead[node] === 0;
  }

  labelOf(node: number): Label {
    return this.#labels[node] as Label;
  }

  nodeOf(label: Label): number | undefined {
    return this.#nodes.get(label);
  }

  live(): readonly Label[] {
    return [...this.#nodes.keys()];
  }

  /** For files. Valid until the next change. */
  parts(): readonly [labels: Uint32Array, dead: Uint8Array] {
    return [this.#labels.subarray(0, this.count), this.dead.subarray(0, this.count)];
  }

  /** Takes so many nodes and gives the places of their labels and of what is deleted, to be filled before {@link restored}. */
  restore(count: number): ReturnType<NodeNames["parts"]> {
    this.#reserve(count);
    this.count = count;
    return this.parts();
  }

  /** What is wrong with the names that were filled in; they are in use when nothing is. */
  restored(): string | undefined {
    for (let node = 0; node < this.count; node++) {
      const label = this.labelOf(node);
      if ((this.dead[node] as number) > 1) return "a node is neither live nor dead";
      if (!this.isLive(node)) this.deadCount += 1;
      else if (this.#nodes.has(label)) return "a label has two nodes";
      else this.#nodes.set(label, node);
    }
    return undefined;
  }

  #reserve(nodes: number): void {
    if (nodes <= this.#labels.length) return;
    const labels = new Uint32Array(nodes);
    labels.set(this.#labels);
    this.#labels = labels;
    const dead = new Uint8Array(nodes);
    dead.set(this.dead);
    this.dead = dead;
  }
}

const mapEntryBytes = 40; // of V8's Map, about
