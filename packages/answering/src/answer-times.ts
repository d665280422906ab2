import type { AnswerEvent, Clock } from "@larder/contracts";

/** When the parts of one answer happened, on the monotonic clock. Begins when it is made. */
export class AnswerTimes {
  readonly #clock: Clock;
  readonly #startMs: number;
  #firstTextMs: number | undefined;
  #verifyMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  get totalMs(): number {
    return this.#clock.monotonicMs() - this.#startMs;
  }

  /** From the beginning to the first text; absent without any. */
  get firstTextMs(): number | undefined {
    return this.#firstTextMs;
  }

  /** All checks together; absent without any. */
  get verifyMs(): number | undefined {
    return this.#verifyMs;
  }

  /** The same events, of which the first text is noted. */
  async *watch<Result>(events: AsyncGenerator<AnswerEvent, Result>): AsyncGenerator<AnswerEvent, Result> {
    let isOver = false;
    try {
      for (;;) {
        const step = await events.next();
        if (step.done === true) {
          isOver = true;
          return step.value;
        }
        if (step.value.kind === "text") this.#firstTextMs ??= this.totalMs;
        yield step.value;
      }
    } finally {
      if (!isOver) await events.return(undefined as never); // the reader left, or the events failed and ended by it
    }
  }

  async verifying<Result>(verify: () => Promise<Result>): Promise<Result> {
    const startMs = this.#clock.monotonicMs();
    try {
      return await verify();
    } finally {
      this.#verifyMs = (this.#verifyMs ?? 0) + this.#clock.monotonicMs() - startMs;
    }
  }
}
