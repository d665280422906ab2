/** What every call that awaits I/O takes. Rejections carry `signal.reason`. */
export interface Call {
  readonly signal: AbortSignal;
}
