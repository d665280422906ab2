/**
 * The same pieces, until the signal is aborted: then it rejects with the signal's reason at once, also while the source
 * is silent. The source is told to stop either way; its answer is not waited for.
 *
 * Each wait has a promise of its own. Racing every piece against one promise of the abort would keep all pieces: what
 * waits for a promise that is never settled stays with it, and so does what it was given.
 */
export async function* takeUntilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let endWait: (reason: unknown) => void = () => {};
  const onAbort = (): void => endWait(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let isFinished = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        endWait = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) {
        isFinished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!isFinished) iterator.return?.().catch(() => {}); // what the source says to that changes nothing
  }
}
