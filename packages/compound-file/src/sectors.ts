import { LarderError } from "@larder/contracts";

export function malformedCompound(problem: string): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "compound-file", problem } });
}

const endOfChain = 0xfffffffe;

/** A list of which sector follows which: the table of all sectors, or the one of small ones. */
export class SectorChains {
  readonly #next: Uint32Array;

  constructor(next: Uint32Array) {
    this.#next = next;
  }

  /**
   * Numbers of the sectors from `start`, at most `sectorsMax` of them.
   *
   * @throws {@link LarderError} `DOCUMENT_MALFORMED` for a chain that leaves the table or goes in a circle
   */
  from(start: number, sectorsMax = Number.POSITIVE_INFINITY): readonly number[] {
    const sectors: number[] = [];
    for (let at = start; at !== endOfChain && sectors.length < sectorsMax; ) {
      if (at >= this.#next.length || sectors.length >= this.#next.length) throw malformedCompound("sector_chain");
      sectors.push(at);
      at = this.#next[at] ?? endOfChain;
    }
    return sectors;
  }
}
