/** Who measures time, and who is told that another query was answered. */
export interface Watch {
  /** Monotonic. */
  nowMs(): number;
  onQuery(): void;
}
