const roundMax = 65_535;

/** Which nodes one walk has come by. Forgetting them all costs nothing but every 65,535th time. */
export class VisitedNodes {
  #rounds = new Uint16Array(0);
  #round = 0;

  get bytes(): number {
    return this.#rounds.byteLength;
  }

  /** For the next walk through so many nodes. Gives a mark and what to look for it in: a node that has it was visited. */
  begin(nodes: number): { readonly marks: Uint16Array; readonly mark: number } {
    if (this.#rounds.length < nodes) {
      this.#rounds = new Uint16Array(Math.ceil(nodes * 1.5));
      this.#round = 0;
    } else if (this.#round === roundMax) {
      this.#rounds.fill(0);
      this.#round = 0;
    }
    this.#round += 1;
    return { marks: this.#rounds, mark: this.#round };
  }
}
