import { setMaxListeners } from "node:events";
import type { Call } from "@larder/contracts";

export interface RunningBatchLane extends AsyncDisposable {
  /** Looks at what waits now, and not only at the next turn. */
  wake(): void;
}

/**
 * Lets a lane advance every `everyMs` and when it is woken, one turn at a time, until it is disposed of. A turn that
 * fails is tried again at the next one; what it had done is written down.
 */
export function runBatchLane(
  advance: (call: Call) => Promise<void>,
  everyMs: number,
  onFailure: (error: unknown) => void = () => undefined,
): RunningBatchLane {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // several requests are worked on at once, and each leaves with its step
  let turn: Promise<void> | undefined;
  let isWoken = false;
  const wake = (): void => {
    if (stop.signal.aborted) return;
    isWoken = true;
    turn ??= run().finally(() => {
      turn = undefined;
    });
  };
  const run = async (): Promise<void> => {
    while (isWoken && !stop.signal.aborted) {
      isWoken = false;
      try {
        await advance({ signal: stop.signal });
      } catch (error) {
        if (!stop.signal.aborted) onFailure(error);
      }
    }
  };
  const timer = setInterval(wake, everyMs).unref();
  wake(); // what an earlier process left
  return {
    wake,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stop.abort(new Error("the server stops"));
      await turn;
    },
  };
}
