/**
 * The same pieces, until the signal is aborted: then it rejects with the signal's reason at once, also while the source
 * is silent. The source is told to stop either way; its answer is not waited for.
 */
export async function* takeUntilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let stopWaiting = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    stopWaiting = () => signal.removeEventListener("abort", onAbort);
  });
  aborted.catch(() => {}); // it may be rejected while nobody waits for the next piece
  let isFinished = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) {
        isFinished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    stopWaiting();
    if (!isFinished) iterator.return?.().catch(() => {}); // what the source says to that changes nothing
  }
}
