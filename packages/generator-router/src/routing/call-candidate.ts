import type {
  AnswerContent,
  Attempt,
  Candidate,
  Clock,
  ErrorRecord,
  NanoUsd,
  PriceBook,
  RoutedRequest,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, noTokens, toErrorRecord, zeroUsd } from "@larder/contracts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import type { CircuitBreaker, Permit } from "./circuit-breaker.ts";
import type { PrefixTraffic } from "./prefix-traffic.ts";
import type { ProviderLanes } from "./provider-lanes.ts";
import { termsFor } from "./quote-sources.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import { pinnedSampling } from "./resolve-policy.ts";
import type { RouterLimits } from "./router-limits.ts";
import type { AttemptResult } from "./run-attempt.ts";
import { runAttempt } from "./run-attempt.ts";
import { toGeneratorRequest } from "./to-generator-request.ts";

export interface CandidateCaller {
  readonly providers: ReadonlyMap<string, RouterProvider>;
  readonly priceBook: PriceBook;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly breaker: CircuitBreaker;
  readonly lanes: ProviderLanes;
  readonly traffic: PrefixTraffic;
  tokenRatio(candidate: Pick<Candidate, "provider" | "model">): number;
}

export interface CandidateCall {
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
  readonly resolved: ResolvedPolicy;
  /** Told of the attempt exactly once, also when the reader leaves; gives it with what was made of its reservation. */
  over(attempt: Attempt): Promise<Attempt>;
}

/**
 * One attempt with one candidate: a place among the provider's calls, a permit of the breaker, the call. What is learned
 * of the provider is kept for later requests.
 */
export async function* callCandidate(
  caller: CandidateCaller,
  { provider, model }: Pick<Candidate, "provider" | "model">,
  routed: RoutedRequest,
  { deadlineAtMs, signal, resolved, over }: CandidateCall,
): AsyncGenerator<AnswerContent, AttemptResult, undefined> {
  const { clock, breaker, traffic, limits } = caller;
  const { shape, policy } = routed;
  const connection = caller.providers.get(provider);
  if (connection === undefined) throw new LarderError("UNEXPECTED"); // without it the model is not eligible
  const startedAtMs = clock.nowMs();
  const startMs = clock.monotonicMs();
  const unsent = (facts: { readonly outcome: Attempt["outcome"]; readonly error?: ErrorRecord }): Attempt => {
    const cost: NanoUsd = zeroUsd;
    const attempt = { provider, model, ...facts, billed: "no", cost, startedAtMs } as const;
    return { ...attempt, totalMs: clock.monotonicMs() - startMs };
  };

  let release: () => void;
  let permit: Permit | undefined;
  try {
    release = await caller.lanes.enter(provider, { waitMs: deadlineAtMs - startMs, signal });
    permit = breaker.enter(provider, model, clock.monotonicMs());
    if (permit === undefined) {
      release(); // while it waited, somebody else found out that the model is not well
      throw new LarderError("PROVIDER_BUSY", { details: { reason: "cooling_down" } });
    }
    if (clock.monotonicMs() >= deadlineAtMs) {
      release(); // it waited for money or a place until there was no time left: nothing is sent that could be billed
      permit.left();
      throw new LarderError("PROVIDER_TIMED_OUT", { details: { limit: "deadline" } });
    }
  } catch (thrown) {
    const error = LarderError.is(thrown) ? thrown : new LarderError("REQUEST_ABORTED", { cause: thrown });
    const result: AttemptResult = signal.aborted
      ? { kind: "aborted", attempt: unsent({ outcome: "aborted", error: toErrorRecord(error) }) }
      : {
          kind: "failed",
          error,
          hasText: false,
          attempt: unsent({ outcome: "failed_before_text", error: toErrorRecord(error) }),
        };
    return { ...result, attempt: await over(result.attempt) };
  }

  const ratio = caller.tokenRatio({ provider, model });
  const entry = caller.priceBook.find(provider, model) ?? { regions: [] };
  const { region } = termsFor(entry, { policy }, { nowMs: startedAtMs });
  const sentAtMs = clock.nowMs();
  let left: Attempt | undefined;
  const events = runAttempt(
    {
      generator: connection.generator,
      provider,
      request: toGeneratorRequest(model, resolved.pinsModel ? pinned(routed) : routed),
      priceBook: caller.priceBook,
      clock,
      timeouts: { ...limits, firstTextMs: Math.min(limits.firstTextMs, resolved.firstTextMs ?? limits.firstTextMs) },
      startedAtMs: sentAtMs,
      deadlineAtMs,
      onReleased: release,
      ...(region !== undefined && { region }),
      estimate: (text) => ({
        ...noTokens,
        inputFresh: Math.ceil(shape.inputTokens * ratio),
        outputText: Math.ceil(caller.tokenCounter.count(text) * ratio),
      }),
    },
    signal,
    (attempt) => {
      left = attempt;
    },
  );
  try {
    let isAlive = false;
    const begun = events.next();
    routed.onSend?.({ provider, model, startedAtMs: sentAtMs });
    for (let step = await begun; ; step = await events.next()) {
      if (step.done === true) {
        learn(step.value, permit, clock.monotonicMs());
        if (step.value.kind === "answered" && shape.stablePrefixTokens > 0) {
          traffic.record(provider, model, clock.monotonicMs(), shape.prefixId);
        }
        return { ...step.value, attempt: await over(step.value.attempt) };
      }
      if (!isAlive) permit.alive(clock.monotonicMs());
      isAlive = true;
      yield step.value;
    }
  } finally {
    permit.left(); // nothing, where a verdict was given
    await events.return(undefined as never);
    if (left !== undefined) await over(left);
  }
}

function learn(result: AttemptResult, permit: Permit, nowMs: number): void {
  if (result.kind === "answered") permit.alive(nowMs);
  // A deadline is the caller's: a model that is slower than he can wait is not a model that fails.
  if (result.kind === "failed" && result.error.details.limit !== "deadline") permit.failed(result.error, nowMs);
}

function pinned(routed: RoutedRequest): RoutedRequest {
  return { ...routed, sampling: { ...routed.sampling, ...pinnedSampling } };
}
