const roundMax = 255; // of one byte, so that as many nodes as possible are in the cache

/** Which nodes one walk has come by. Forgetting them all costs nothing but every 255th time. */
export class VisitedNodes {
  #rounds = new Uint8Array(0);
  #round = 0;

  get bytes(): number {
    return this.#rounds.byteLength;
  }

  /** For the next walk through so many nodes. Gives a mark and what to look for it in: a node that has it was visited. */
  begin(nodes: number): { readonly marks: Uint8Array; readonly mark: number } {
    if (this.#rounds.length < nodes) {
      this.#rounds = new Uint8Array(Math.ceil(nodes * 1.5));
      this.#round = 0;
    } else if (this.#round === roundMax) {
      this.#rounds.fill(0);
      this.#round = 0;
    }
    this.#round += 1;
    return { marks: this.#rounds, mark: this.#round };
  }
}
