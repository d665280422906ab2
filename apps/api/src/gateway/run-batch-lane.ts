import { setMaxListeners } from "node:events";
import type { BatchLane } from "@larder/generator-router";

export interface RunningBatchLane extends AsyncDisposable {
  /** Looks at what waits now, and not only at the next turn. */
  wake(): void;
}

/**
 * Begins a turn of the lane every `everyMs` and when it is woken, until it is disposed of. One look at a time at what
 * waits; a turn whose calls take long holds up no later one. What fails is tried again at the next turn; what was done is
 * written down.
 */
export function runBatchLane(
  lane: Pick<BatchLane, "begin">,
  everyMs: number,
  onFailure: (error: unknown) => void = () => undefined,
): RunningBatchLane {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // several requests are worked on at once, and each leaves with its step
  const turns = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let isWoken = false;
  const told = (error: unknown): void => {
    if (!stop.signal.aborted) onFailure(error);
  };
  const wake = (): void => {
    if (stop.signal.aborted) return;
    isWoken = true;
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  const look = async (): Promise<void> => {
    while (isWoken && !stop.signal.aborted) {
      isWoken = false;
      try {
        const { over } = await lane.begin({ signal: stop.signal });
        const turn = over.catch(told).finally(() => turns.delete(turn));
        turns.add(turn);
      } catch (error) {
        told(error);
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
      await looking;
      await Promise.all(turns);
    },
  };
}
