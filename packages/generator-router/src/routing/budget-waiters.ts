/** Requests of this process that wait for money which calls under way may give back. */
export interface BudgetWaiters {
  /** Money came back: the one that has waited longest looks again. */
  wakeOne(): void;
  /** Until woken or for `waitMs`: other processes give money back too, and tell nobody. Rejects when aborted. */
  wait(waitMs: number, signal: AbortSignal): Promise<void>;
}

export function createBudgetWaiters(): BudgetWaiters {
  const waiting = new Set<() => void>(); // in the order in which they came
  return {
    wakeOne() {
      const [first] = waiting;
      first?.();
    },
    wait: (waitMs, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const end = (act: () => void) => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener("abort", onAbort);
          act();
        };
        const wake = () => end(resolve);
        const onAbort = () => end(() => reject(signal.reason));
        const timer = setTimeout(wake, waitMs);
        waiting.add(wake);
        signal.addEventListener("abort", onAbort, { once: true });
      }),
  };
}
