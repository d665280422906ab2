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
 * Postings of terms that were looked up, for as long as their table has the same version. Every process keeps its own.
 * Where room is short, terms go from the table that was searched longest ago, and of its terms first those that were not
 * looked up for longest; no more than have to.
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
    this.#tables.delete(table); // the last of the map is the one that was used last
    this.#tables.set(table, kept);
    return terms.map((term) => {
      const known = kept.postings.get(term);
      const postings = known ?? read(term);
      if (known === undefined) this.#count += sizeOf(postings);
      kept.postings.delete(term); // likewise
      kept.postings.set(term, postings);
      this.#makeRoom();
      return postings;
    });
  }

  drop(table: string): void {
    for (const postings of this.#tables.get(table)?.postings.values() ?? []) this.#count -= sizeOf(postings);
    this.#tables.delete(table);
  }

  #makeRoom(): void {
    if (this.#count <= this.#postingsMax) return;
    for (const { postings: kept } of this.#tables.values()) {
      for (const [term, postings] of kept) {
        kept.delete(term);
        this.#count -= sizeOf(postings);
        if (this.#count <= this.#postingsMax) return;
      }
    }
  }
}

function sizeOf({ labels }: Postings): number {
  return labels.length + overhead;
}
