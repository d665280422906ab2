import type { Call } from "@larder/contracts";
import type { DocumentRange } from "./character-ranges.ts";
import type { LabelledQuery } from "./data-set.ts";

export interface EvidenceLimits {
  /** Most tokens of evidence, by the pipeline's own way of counting what it sends. Absent: whole passages. */
  readonly tokenBudget?: number;
  /** Most pieces of evidence. */
  readonly pieces: number;
}

export interface Found {
  /** Best first. Stretches of one document may overlap; what overlaps is sent, and paid for, twice. */
  readonly evidence: readonly DocumentRange[];
  /** o200k tokens of the evidence's text alone: no titles, no markers. Worked out when asked, outside of timing. */
  tokens(): number;
  /** That the evidence answers the question: greater is surer. Absent when the pipeline cannot tell. */
  readonly confidence?: number;
}

/** One complete way to find evidence in one set. Another configuration to be measured is another such object. */
export interface Pipeline {
  /** Names it in tables, plots and files; unique within a set. */
  readonly id: string;
  retrieve(query: LabelledQuery, limits: EvidenceLimits, call: Call): Promise<Found>;
  /** Spends as many tokens as it thinks the question needs; absent when it only spends what it is told to. */
  retrieveAuto?(query: LabelledQuery, call: Call): Promise<Found>;
}
