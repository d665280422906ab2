import type {
  Attempt,
  Clock,
  FinishReason,
  Generator,
  GeneratorEvent,
  GeneratorRequest,
  PriceBook,
  Usage,
  UsageTokens,
} from "@larder/contracts";
import { LarderError, toErrorRecord, zeroUsd } from "@larder/contracts";
import { priceUsage } from "../prices/price-usage.ts";
import type { AttemptTimeouts } from "./attempt-timers.ts";
import { nextLimit, within } from "./attempt-timers.ts";
import { billedAfter } from "./billed-after.ts";

export interface AttemptPlan {
  readonly generator: Generator;
  readonly provider: string;
  readonly request: GeneratorRequest;
  readonly priceBook: PriceBook;
  readonly clock: Clock;
  readonly timeouts: AttemptTimeouts;
  /** Monotonic time at which the whole request must be over. */
  readonly deadlineAtMs?: number;
  /** Tokens of the attempt by our own count, for when the provider told none. */
  estimate(text: string): UsageTokens;
}

export type AttemptResult =
  | { readonly kind: "answered"; readonly attempt: Attempt; readonly reason: FinishReason; readonly usage: Usage }
  | { readonly kind: "failed"; readonly attempt: Attempt; readonly error: LarderError; readonly hasText: boolean }
  | { readonly kind: "aborted"; readonly attempt: Attempt };

/**
 * One provider call: gives its text as it comes and returns what became of it. Never throws. A reader who leaves
 * half way leaves an attempt too, which `onLeft` is told of, for the provider may charge for it.
 */
export async function* runAttempt(
  plan: AttemptPlan,
  signal: AbortSignal,
  onLeft: (attempt: Attempt) => void,
): AsyncGenerator<{ readonly kind: "text"; readonly text: string }, AttemptResult, undefined> {
  const { clock } = plan;
  const startedAtMs = clock.nowMs();
  const startMs = clock.monotonicMs();
  const own = new AbortController();
  let text = "";
  let firstTextMs: number | undefined;
  const elapsed = () => clock.monotonicMs() - startMs;
  const toAttempt = (facts: Pick<Attempt, "outcome" | "billed"> & Partial<Attempt>): Attempt => ({
    provider: plan.provider,
    model: plan.request.model,
    startedAtMs,
    ...(firstTextMs !== undefined && { firstTextMs }),
    totalMs: elapsed(),
    ...facts,
  });
  /** What it took at least: the prompt, and the text that came. Its cost stays unknown with the bill. */
  const unsettled = (): Usage => ({ tokens: plan.estimate(text), source: "estimated" });

  const events = plan.generator
    .generate(plan.request, { signal: AbortSignal.any([signal, own.signal]) })
    [Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const deadline =
        plan.deadlineAtMs === undefined ? {} : { deadlineLeftMs: plan.deadlineAtMs - clock.monotonicMs() };
      const limit = nextLimit(plan.timeouts, { hasText: firstTextMs !== undefined, elapsedMs: elapsed(), ...deadline });
      const step: IteratorResult<GeneratorEvent> = await within(events.next(), limit, signal);
      if (step.done === true) {
        throw new LarderError("PROVIDER_STREAM_BROKEN", { details: { reason: "finish_missing" } });
      }
      const event = step.value;
      if (event.kind === "text") {
        firstTextMs ??= elapsed();
        text += event.text;
        yield event;
        continue;
      }
      isOver = true;
      const usage = event.usage ?? unsettled();
      const cost = priceUsage(plan.priceBook, { provider: plan.provider, model: plan.request.model }, usage, {
        atMs: startedAtMs,
      });
      const attempt = toAttempt({ outcome: "answered", billed: "yes", usage, ...(cost !== undefined && { cost }) });
      return { kind: "answered", attempt, reason: event.reason, usage };
    }
  } catch (thrown) {
    isOver = true;
    if (signal.aborted) {
      return { kind: "aborted", attempt: toAttempt({ outcome: "aborted", billed: "unknown", usage: unsettled() }) };
    }
    const error = LarderError.is(thrown) ? thrown : new LarderError("PROVIDER_FAILED", { cause: thrown });
    const hasText = firstTextMs !== undefined;
    const billed = billedAfter(error, hasText);
    const attempt = toAttempt({
      outcome: hasText ? "failed_after_text" : "failed_before_text",
      billed,
      error: toErrorRecord(error),
      ...(billed === "no" ? { cost: zeroUsd } : { usage: unsettled() }),
    });
    return { kind: "failed", attempt, error, hasText };
  } finally {
    // Closes the socket however this ended; the generator's own clean-up is not waited for.
    own.abort(new LarderError("REQUEST_ABORTED"));
    if (!isOver) onLeft(toAttempt({ outcome: "aborted", billed: "unknown", usage: unsettled() }));
    void events.return?.().catch(() => undefined);
  }
}
