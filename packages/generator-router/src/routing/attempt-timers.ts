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

/** The three timers of one attempt and the caller's signal, as one signal. */
export interface AttemptWatch {
  /** Aborted with the caller's reason, or with `PROVIDER_TIMED_OUT` and the limit in its details. */
  readonly signal: AbortSignal;
  /** The provider is waited for: from now on its silence counts, once there was text. */
  waiting(): void;
  /** The reader has the turn; his time is no silence of the provider. The total goes on, for the socket is held. */
  gotText(): void;
  /** Aborts what is running. */
  stop(reason: unknown): void;
  close(): void;
}

/** A timer's most; a longer one would fire at once. */
const timerMsMax = 2_147_483_647;

/** `deadlineLeftMs`: what the whole request has left, where that ends first. */
export function watchAttempt(
  timeouts: AttemptTimeouts,
  { deadlineLeftMs = Number.POSITIVE_INFINITY, signal }: { deadlineLeftMs?: number; readonly signal: AbortSignal },
): AttemptWatch {
  const own = new AbortController();
  const after = (limit: TimeLimit, timeoutMs: number) =>
    setTimeout(
      () => own.abort(new LarderError("PROVIDER_TIMED_OUT", { details: { limit, timeoutMs: Math.round(timeoutMs) } })),
      Math.max(0, Math.min(timeoutMs, timerMsMax)),
    );
  const isDeadlineFirst = deadlineLeftMs < timeouts.totalMs;
  const total = isDeadlineFirst ? after("deadline", deadlineLeftMs) : after("total", timeouts.totalMs);
  let silence: NodeJS.Timeout | undefined = after("first_text", timeouts.firstTextMs);
  let hasText = false;

  const follow = () => own.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener("abort", follow, { once: true });
  return {
    signal: own.signal,
    waiting() {
      if (hasText) silence = after("idle", timeouts.idleMs);
    },
    gotText() {
      hasText = true;
      clearTimeout(silence);
    },
    stop: (reason) => own.abort(reason),
    close() {
      clearTimeout(total);
      clearTimeout(silence);
      signal.removeEventListener("abort", follow);
    },
  };
}

/** Waits for `step`, and no longer than the signal: a step that takes no notice of it is left to itself. */
export async function orAborted<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    leave = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([step, stopped]);
  } finally {
    leave();
    step.catch(() => undefined); // when the race is lost, its failure is no longer news
  }
}
