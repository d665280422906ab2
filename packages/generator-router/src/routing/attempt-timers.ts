import { LarderError } from "@larder/contracts";

export interface AttemptTimeouts {
  /** From the call to the first text. */
  readonly firstTextMs: number;
  /** Between two pieces of text, and from the last to the end. */
  readonly idleMs: number;
  /** Of one attempt as a whole. */
  readonly totalMs: number;
}

export type TimeLimit = "first_text" | "idle" | "total" | "deadline";

/** How long the next event may take, and which limit that is: the one that ends first. */
export function nextLimit(
  timeouts: AttemptTimeouts,
  state: { readonly hasText: boolean; readonly elapsedMs: number; readonly deadlineLeftMs?: number },
): { readonly limit: TimeLimit; readonly waitMs: number } {
  const limits: { limit: TimeLimit; waitMs: number }[] = [
    state.hasText
      ? { limit: "idle", waitMs: timeouts.idleMs }
      : { limit: "first_text", waitMs: timeouts.firstTextMs - state.elapsedMs },
    { limit: "total", waitMs: timeouts.totalMs - state.elapsedMs },
  ];
  if (state.deadlineLeftMs !== undefined) limits.push({ limit: "deadline", waitMs: state.deadlineLeftMs });
  return limits.reduce((first, each) => (each.waitMs < first.waitMs ? each : first));
}

/**
 * Waits for `step`, and no longer than `waitMs` or the signal. Time that the reader of the answer takes is not counted:
 * the clock runs only while the provider is waited for.
 */
export async function within<T>(
  step: Promise<T>,
  { limit, waitMs }: { readonly limit: TimeLimit; readonly waitMs: number },
  signal: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let leave = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    timer = setTimeout(
      () => reject(new LarderError("PROVIDER_TIMED_OUT", { details: { limit, timeoutMs: Math.round(waitMs) } })),
      Math.max(0, Math.min(waitMs, 2_147_483_647)), // a longer one would fire at once
    );
    leave = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([step, stopped]);
  } finally {
    clearTimeout(timer);
    leave();
    step.catch(() => undefined); // when the race is lost, its failure is no longer news
  }
}
