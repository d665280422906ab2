/**
 * A signal that follows two others until `leave()` is called. Unlike `AbortSignal.any` it leaves nothing behind on a
 * signal that lives as long as the process.
 */
export function joinSignals(a: AbortSignal, b: AbortSignal): { readonly signal: AbortSignal; leave(): void } {
  const joined = new AbortController();
  const stops = [a, b].map((signal) => {
    const follow = () => joined.abort(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener("abort", follow, { once: true });
    return () => signal.removeEventListener("abort", follow);
  });
  return {
    signal: joined.signal,
    leave: () => {
      for (const stop of stops) stop();
    },
  };
}
