import { LarderError } from "@larder/contracts";

export interface Interruption {
  /** Aborts at the first Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  release(): void;
}

export function untilInterrupted(): Interruption {
  const abort = new AbortController();
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new LarderError("REQUEST_ABORTED"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: abort.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
