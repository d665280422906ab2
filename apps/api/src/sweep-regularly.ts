import type { Call } from "@larder/contracts";

export interface RegularSweep {
  sweep(call: Call): Promise<unknown>;
  /** After the start, which has more urgent work. @defaultValue 60000 */
  readonly firstAfterMs?: number;
  /** @defaultValue 24 hours */
  readonly everyMs?: number;
}

const dayMs = 86_400_000;

/** Takes away what nothing names any more, while the process runs. One that fails is made up for by the next. */
export function sweepRegularly({ sweep, firstAfterMs = 60_000, everyMs = dayMs }: RegularSweep): AsyncDisposable {
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const run = (): void => {
    running = running
      .then(() => (stop.signal.aborted ? undefined : sweep({ signal: stop.signal })))
      .catch(() => undefined)
      .finally(() => {
        if (!stop.signal.aborted) timer = setTimeout(run, everyMs).unref();
      });
  };
  let timer = setTimeout(run, firstAfterMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
