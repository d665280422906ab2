/** What a part of the torture found, for a person and for the exit code. */
export interface TortureReport {
  readonly part: string;
  readonly cases: number;
  /** Facts worth a line each, such as the longest outage. */
  readonly facts: readonly string[];
  /** What must not be. Each names what was done, so that it can be done again. */
  readonly violations: readonly string[];
}

export interface TortureOptions {
  readonly seed: number;
  readonly print: (line: string) => void;
  /** No case begins after so many milliseconds; what was left out is said. */
  readonly budgetMs: number;
}

/** A line every few seconds, so that a run of minutes is seen to move. */
export function progress(print: (line: string) => void, what: string): (done: number, of: number) => void {
  let saidMs = performance.now();
  return (done, of) => {
    if (performance.now() - saidMs < 5_000) return;
    saidMs = performance.now();
    print(`${what}: ${done} of ${of}`);
  };
}
