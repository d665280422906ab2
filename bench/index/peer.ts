/** What one system under measurement has to do. Each call runs in a process of its own. */
export interface Peer {
  /**
   * Numbers of candidates (ef) that a search may look at, cheapest first. Absent where there is nothing to choose: the
   * peer compares with every vector, or chooses by itself.
   */
  readonly efs?: readonly number[];
  /** What the table says of the search, beside ef. */
  readonly note?: string;
  /** Where nothing is kept on disk: it is then built again to be searched. */
  readonly isInMemoryOnly?: true;
  /** From the file of vectors to an index that is saved below the folder. Row `i` of the file is to be found as `i`. */
  build(file: string, shape: Shape, progress: Progress): Promise<OpenIndex>;
  /** From the folder to an index that can be searched. `ef` is absent where there are no `efs`. */
  open(shape: Shape, ef?: number): Promise<OpenIndex>;
}

export interface Shape {
  /** For what the peer keeps. */
  readonly folder: string;
  readonly dimensions: number;
  readonly count: number;
}

export type Progress = (rows: number) => void;

export interface Row {
  /** In the file of vectors. */
  readonly row: number;
  readonly vector: Float32Array;
}

export interface OpenIndex {
  /** Rows of the nearest `k`, best first. */
  search(query: Float32Array, k: number): readonly number[] | Promise<readonly number[]>;
  /** Takes effect for the next search. Where the peer keeps it on disk, also for whoever opens that next. */
  setEf?(ef: number): void | Promise<void>;
  /** For a peer that chooses by itself: settles when it has chosen by these questions, which it was asked. */
  adapt?(queries: readonly Float32Array[]): Promise<void>;
  /**
   * Deletes these rows, looks for each, and adds them again under other labels; they are found as the same rows then.
   * Gives how many of the deleted ones were found.
   */
  churn?(rows: readonly Row[]): Promise<number>;
  /** The candidates that it looks at by its own choice. */
  readonly ownEf?: number;
  /** Of the last searches in each process that holds vectors, by its own clock, without the way there and back. */
  timesWithin?(): Promise<readonly TimesWithin[]>;
  /** Processes that hold the vectors. @defaultValue the one that runs this module */
  readonly holders?: readonly number[];
  close(): Promise<void>;
}

export interface TimesWithin {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Steps of a fifth and, where Larder has such, of an eighth, so that none gains by where a step falls. Ten is the least for ten hits. */
export const usualEfs: readonly number[] = [
  ...[10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224],
  ...[240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1_024],
];
