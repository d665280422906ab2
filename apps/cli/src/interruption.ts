import { LarderError } from "@larder/contracts";
import { watchNpm } from "./npm-watch.ts";

export interface Interruption {
  /** Aborts at the first Ctrl-C or SIGTERM, or when npm that started us ends. A second Ctrl-C ends the process at once. */
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
  const npm = watchNpm(process.env, () => {
    if (!abort.signal.aborted) onSignal();
  });
  return {
    signal: abort.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      npm.release();
    },
  };
}
