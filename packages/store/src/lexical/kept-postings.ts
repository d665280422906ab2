/** The passages that hold a term, by ascending label, and what it scores in each. */
export interface Postings {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
}

interface KeptTable {
  readonly version: string;
  readonly postings: Map<string, Postings>;
}

/** What a term keeps beside its postings, in postings: its entry in the map. */
const overhead = 8;

/**
 * Postings of terms that were looked up, for as long as their table has the same version. Every process keeps its own;
 * the terms that were not looked up for longest make room for new ones.
 */
export class KeptPostings {
  readonly #tables = new Map<string, KeptTable>();
  readonly #postingsMax: number;
  #count = 0;

  /** @param postingsMax - Over all tables; 16 bytes each. */
  constructor(postingsMax: number) {
    this.#postingsMax = postingsMax;
  }

  /**
   * The postings of these terms, kept or read; `undefined` at the first look at a version. What is read then is of no use
   * while the table is being written to, and reading one term after the other takes longer than one search of all.
   */
  of(
    table: string,
    version: string,
    terms: readonly string[],
    read: (term: string) => Postings,
  ): readonly Postings[] | undefined {
    const kept = this.#tables.get(table);
    if (kept?.version !== version) {
      this.drop(table);
      if (this.#postingsMax > 0) this.#tables.set(table, { version, postings: new Map() });
      return undefined;
    }
    return terms.map((term) => {
      const known = kept.postings.get(term);
      const postings = known ?? read(term);
      if (known === undefined) this.#count += sizeOf(postings);
      kept.postings.delete(term); // the last of the map is the one that was used last
      kept.postings.set(term, postings);
      this.#makeRoom(table, kept);
      return postings;
    });
  }

  drop(table: string): void {
    for (const postings of this.#tables.get(table)?.postings.values() ?? []) this.#count -= sizeOf(postings);
    this.#tables.delete(table);
  }

  /** Other tables go first: the one that is searched now is likely to be searched next. */
  #makeRoom(table: string, kept: KeptTable): void {
    for (const other of this.#tables.keys()) {
      if (this.#count <= this.#postingsMax) return;
      if (other !== table) this.drop(other);
    }
    for (const [term, postings] of kept.postings) {
      if (this.#count <= this.#postingsMax) return;
      kept.postings.delete(term);
      this.#count -= sizeOf(postings);
    }
  }
}

function sizeOf({ labels }: Postings): number {
  return labels.length + overhead;
}
