import type {
  AnswerContent,
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
import { orAborted, watchAttempt } from "./attempt-timers.ts";
import { billedAfter } from "./billed-after.ts";

export interface AttemptPlan {
  readonly generator: Generator;
  readonly provider: string;
  readonly request: GeneratorRequest;
  readonly priceBook: PriceBook;
  /** Where the request is served, if the policy asks for a region; a reply that tells its own stands above it. */
  readonly region?: string;
  readonly clock: Clock;
  readonly timeouts: AttemptTimeouts;
  /** Wall time of its sending. */
  readonly startedAtMs: number;
  /** Monotonic time at which the whole request must be over. */
  readonly deadlineAtMs?: number;
  /** Told once, as soon as the provider is no longer called: also while a reader who does not read holds the attempt. */
  onReleased(): void;
  /** Tokens of the attempt by our own count, for when the provider told none. */
  estimate(text: string): UsageTokens;
}

export type AttemptResult =
  | { readonly kind: "answered"; readonly attempt: Attempt; readonly reason: FinishReason; readonly usage: Usage }
  | { readonly kind: "failed"; readonly attempt: Attempt; readonly error: LarderError; readonly hasText: boolean }
  | { readonly kind: "aborted"; readonly attempt: Attempt };

/**
 * One provider call: gives its content as it comes and returns what became of it. Never throws. A reader who leaves
 * half way leaves an attempt too, which `onLeft` is told of, for the provider may charge for it.
 */
export async function* runAttempt(
  plan: AttemptPlan,
  signal: AbortSignal,
  onLeft: (attempt: Attempt) => void,
): AsyncGenerator<AnswerContent, AttemptResult, undefined> {
  const { clock, startedAtMs } = plan;
  const startMs = clock.monotonicMs();
  const deadlineLeftMs = plan.deadlineAtMs === undefined ? undefined : plan.deadlineAtMs - startMs;
  const watch = watchAttempt(plan.timeouts, { signal, ...(deadlineLeftMs !== undefined && { deadlineLeftMs }) });
  watch.signal.addEventListener("abort", plan.onReleased, { once: true });
  let text = "";
  let firstTextMs: number | undefined;
  const elapsed = () => clock.monotonicMs() - startMs;
  const toAttempt = (facts: Pick<Attempt, "outcome" | "billed"> & Partial<Attempt>): Attempt => ({
    provider: plan.provider,
    model: plan.request.model,
    startedAtMs,
    totalMs: elapsed(),
    ...(firstTextMs !== undefined && { firstTextMs }),
    ...facts,
  });
  /** What it took at least: the prompt, and the text that came. Its cost stays unknown with the bill. */
  const unsettled = (): Usage => ({ tokens: plan.estimate(text), source: "estimated" });

  const events = plan.generator.generate(plan.request, { signal: watch.signal })[Symbol.asyncIterator]();
  let isOver = false;
  let isWhole = false;
  try {
    for (;;) {
      watch.waiting();
      const step: IteratorResult<GeneratorEvent> = await orAborted(events.next(), watch.signal);
      if (step.done === true) {
        throw new LarderError("PROVIDER_STREAM_BROKEN", { details: { reason: "finish_missing" } });
      }
      const event = step.value;
      if (event.kind !== "finished") {
        watch.gotText();
        firstTextMs ??= elapsed();
        text += wordsOf(event);
        yield event;
        continue;
      }
      isOver = true;
      isWhole = true;
      const usage = event.usage ?? unsettled();
      const cost = priceUsage(plan.priceBook, { provider: plan.provider, model: plan.request.model }, usage, {
        atMs: startedAtMs,
        ...(plan.region !== undefined && { region: plan.region }),
      });
      const { model, unreadableLines } = event;
      const attempt = toAttempt({
        outcome: "answered",
        billed: "yes",
        usage,
        ...(cost !== undefined && { cost }),
        ...(model !== undefined && model !== plan.request.model && { servedModel: model }),
        ...(unreadableLines !== undefined && { unreadableLines }),
      });
      return { kind: "answered", attempt, reason: event.reason, usage };
    }
  } catch (thrown) {
    isOver = true;
    if (signal.aborted) {
      const { reason } = signal;
      const error = LarderError.is(reason) ? { error: toErrorRecord(reason) } : {};
      return {
        kind: "aborted",
        attempt: toAttempt({ outcome: "aborted", billed: "unknown", usage: unsettled(), ...error }),
      };
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
    watch.signal.removeEventListener("abort", plan.onReleased);
    watch.close();
    // Closes the socket, save that of a whole answer; the generator's own clean-up is not waited for.
    if (!isWhole) watch.stop(new LarderError("REQUEST_ABORTED"));
    plan.onReleased();
    if (!isOver) onLeft(toAttempt({ outcome: "aborted", billed: "unknown", usage: unsettled() }));
    void events.return?.().catch(() => undefined);
  }
}

/** What of it the model wrote, for an estimate of its tokens. */
function wordsOf(content: AnswerContent): string {
  return content.kind === "text" ? content.text : (content.delta.name ?? "") + content.delta.arguments;
}
