/** Time as a port. Stamps are wall time, durations are differences of monotonic time. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, for stamps. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. For durations. */
  monotonicMs(): number;
}
