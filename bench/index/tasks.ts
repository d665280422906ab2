import type { VectorBehaviour } from "./compare-vectors.ts";
import type { Asked } from "./generate-vectors.ts";
import type { BuildResult, ServeResult, TuneResult } from "./measure-peer.ts";
import type { Shape } from "./peer.ts";

/** Vectors of one measurement, on disk. */
export interface DataFiles {
  readonly dimensions: number;
  readonly count: number;
  readonly vectors: string;
  readonly queries: string;
  /** Row numbers of the nearest ten of each query, uint32. */
  readonly truth: string;
}

export interface TaskInputs {
  /** Generated vectors, and queries of the same documents. */
  readonly generate: {
    readonly files: DataFiles;
    readonly queries: number;
    readonly seed: number;
    readonly ask: Asked;
  };
  /** Embeddings of real texts: `held-out` takes passages out as queries, `questions` asks with real questions. */
  readonly embed: {
    readonly files: DataFiles;
    readonly queries: number;
    readonly evaluation: string;
    readonly ask: Asked;
  };
  readonly behaviour: { readonly files: DataFiles };
  readonly build: PeerInput;
  readonly tune: PeerInput;
  readonly serve: PeerInput;
}

export interface PeerInput {
  readonly peer: string;
  readonly files: DataFiles;
  readonly shape: Shape;
  readonly recallMin: number;
  readonly secondsEach: number;
  /** What tuning led to. */
  readonly ef?: number;
}

export interface TaskResults {
  readonly generate: { readonly count: number };
  readonly embed: { readonly count: number };
  readonly behaviour: VectorBehaviour;
  readonly build: BuildResult;
  readonly tune: TuneResult;
  readonly serve: ServeResult;
}

export type TaskName = keyof TaskInputs;
