import { setMaxListeners } from "node:events";

export function listenForAbort(signal: AbortSignal, onAbort: () => void): void {
  setMaxListeners(0, signal); // one signal serves many requests at once; Node would take eleven for a leak
  signal.addEventListener("abort", onAbort, { once: true });
}

/** Waits for `work` no longer than the caller does. */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    listenForAbort(signal, onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
