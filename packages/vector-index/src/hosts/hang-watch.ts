export interface HangWatchOptions {
  /** The oldest request has the host looked at when it has waited so long, and each time that it has waited so long once more. */
  readonly timeoutMs: number;
  /** True when the host answers another question. */
  readonly ping: () => Promise<boolean>;
  /** Another number after the host was started again. */
  readonly starts: () => number;
  /** The host is of no use any more. */
  readonly end: (unansweredMs: number) => void;
}

/** A request without a reply. */
export interface Watched {
  readonly sinceMs: number;
  looks: number;
}

const looksMax = 10; // then the request is lost, whatever else is answered

/**
 * Ends a host that hangs. One that answers another question is at work, say with a checkpoint on a slow disk, and is left
 * alone; one that does not would block all others as well. Looks at the oldest request only, by one timer: a timer of its
 * own for each would cost more than the rest of a short search's way.
 */
export class HangWatch {
  readonly #options: HangWatchOptions;
  readonly #pending = new Set<Watched>(); // the oldest first
  #isArmed = false;

  constructor(options: HangWatchOptions) {
    this.#options = options;
  }

  begin(): Watched {
    const watched = { sinceMs: performance.now(), looks: 0 };
    this.#pending.add(watched);
    if (!this.#isArmed) this.#lookIn(this.#options.timeoutMs);
    return watched;
  }

  end(watched: Watched): void {
    this.#pending.delete(watched);
  }

  #lookIn(delayMs: number): void {
    this.#isArmed = true;
    setTimeout(() => void this.#look(), delayMs).unref(); // the host's own channel keeps this process while it is needed
  }

  async #look(): Promise<void> {
    this.#isArmed = false;
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    const { timeoutMs, ping, starts, end } = this.#options;
    const leftMs = oldest.sinceMs + (oldest.looks + 1) * timeoutMs - performance.now();
    if (leftMs > 0) return this.#lookIn(leftMs);
    oldest.looks += 1;
    this.#isArmed = true;
    const startsBefore = starts();
    const isAtWork = await ping();
    const isOver = !this.#pending.has(oldest) || starts() !== startsBefore; // answered, or another host by now
    if (!isOver && (!isAtWork || oldest.looks >= looksMax)) end(oldest.looks * timeoutMs);
    this.#lookIn(isAtWork || isOver ? 0 : timeoutMs);
  }
}
