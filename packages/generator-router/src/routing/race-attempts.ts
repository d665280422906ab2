import type { AnswerContent } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { AttemptResult } from "./run-attempt.ts";

/** One attempt that has begun. `stop` ends it; what it was is still told by its last step. */
export interface StartedAttempt {
  readonly events: AsyncGenerator<AnswerContent, AttemptResult, undefined>;
  stop(reason: unknown): void;
}

/** In the order in which the attempts began. `decided` is the one whose text was given, or that failed last. */
export interface RaceResult {
  readonly results: readonly AttemptResult[];
  readonly decided: AttemptResult;
}

/**
 * One attempt, and a second one beside it when the first has no text after `delayMs`. The first text decides: the other
 * attempt is stopped, and written down with what it may cost. No text of the loser is ever given. A first attempt that
 * fails before the delay is over is simply the result.
 */
export async function* raceAttempts(
  first: StartedAttempt,
  { delayMs, startSecond }: { readonly delayMs: number; startSecond(): StartedAttempt | undefined },
): AsyncGenerator<AnswerContent, RaceResult, undefined> {
  const runners = [first];
  const results = new Map<StartedAttempt, AttemptResult>();
  const steps = new Map([[first, next(first)]]);
  let timer: NodeJS.Timeout | undefined;
  let delay: Promise<"late"> | undefined = new Promise((resolve) => {
    timer = setTimeout(() => resolve("late"), delayMs);
  });
  /** Under way from the first text on; its failure is told to the reader, whether he reads on or leaves. */
  let losing: Promise<void> | undefined;
  const lose = async (winner: StartedAttempt) => {
    for (const runner of runners) {
      if (runner === winner || results.has(runner)) continue;
      runner.stop(new LarderError("PROVIDER_HEDGE_LOST"));
      results.set(runner, await resultOf(runner, steps.get(runner)));
    }
  };
  const all = (decided: AttemptResult): RaceResult => ({
    results: runners.flatMap((runner) => results.get(runner) ?? []),
    decided,
  });

  try {
    for (;;) {
      const happened = await Promise.race([...steps.values(), ...(delay === undefined ? [] : [delay])]);
      if (happened === "late") {
        delay = undefined;
        const second = startSecond();
        if (second === undefined) continue;
        runners.push(second);
        steps.set(second, next(second));
        continue;
      }
      const { runner, step } = happened;
      steps.delete(runner);
      if (step.done !== true) {
        clearTimeout(timer);
        losing = lose(runner);
        losing.catch(() => undefined); // until it is waited for below: the reader may take his time
        yield step.value;
        await losing;
        const decided = yield* runner.events;
        results.set(runner, decided);
        return all(decided);
      }
      results.set(runner, step.value);
      if (step.value.kind === "answered") await lose(runner);
      if (steps.size === 0 || step.value.kind === "answered") return all(step.value);
    }
  } finally {
    clearTimeout(timer);
    for (const runner of runners) {
      if (results.has(runner)) continue;
      runner.stop(new LarderError("REQUEST_ABORTED"));
      void runner.events.return(undefined as never).catch(() => undefined);
    }
    await losing;
  }
}

async function next(runner: StartedAttempt) {
  return { runner, step: await runner.events.next() };
}

/** Text that was under way when the attempt was stopped is dropped. */
async function resultOf(runner: StartedAttempt, step: ReturnType<typeof next> | undefined): Promise<AttemptResult> {
  for (let at = await (step ?? next(runner)); ; at = await next(runner)) {
    if (at.step.done === true) return at.step.value;
  }
}
