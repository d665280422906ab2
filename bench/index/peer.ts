/** What one system under measurement has to say for itself. Each runs in processes of its own. */
export interface Peer {
  /** Absent where nothing is kept on disk: it is then built again to be searched. */
  readonly isInMemoryOnly?: true;
  /** From the file of vectors to an index that is saved below the folder. Row `i` of the file is to be found as `i`. */
  build(file: string, shape: Shape, progress: Progress): Promise<OpenIndex>;
  /** In another process than {@link build}: from the folder to an index that can be searched. */
  open(shape: Shape): Promise<OpenIndex>;
}

export interface Shape {
  /** For what the peer keeps. */
  readonly folder: string;
  readonly dimensions: number;
  readonly count: number;
}

export type Progress = (rows: number) => void;

export interface OpenIndex {
  /** Ways to trade speed for recall, cheapest first. A single one where the peer, or Larder, leaves no choice. */
  readonly settings: readonly Setting[];
  /** Rows of the nearest `k`, best first. */
  search(query: Float32Array, k: number): readonly number[] | Promise<readonly number[]>;
  /** Processes that hold the vectors. @defaultValue the one that runs this module */
  readonly holders?: readonly number[];
  close(): Promise<void>;
}

export interface Setting {
  readonly name: string;
  use(): void | Promise<void>;
}

/** Candidates that a graph's search looks at. Steps of about a fifth, so that no peer gains much by where a step falls. */
export const efs = [10, 12, 16, 20, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 512, 768, 1_024];

export function efSettings(use: (ef: number) => void | Promise<void>): readonly Setting[] {
  return efs.map((ef) => ({ name: `ef ${ef}`, use: () => use(ef) }));
}

export const nothingToChoose: readonly Setting[] = [{ name: "-", use: () => undefined }];
