import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type {
  Attempt,
  Call,
  Candidate,
  Clock,
  GeneratorRouter,
  PriceBook,
  RequestShape,
  Route,
  RoutedEvent,
  RoutedRequest,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import { callCandidate } from "./call-candidate.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { explainRoute } from "./explain-route.ts";
import { joinSignals } from "./join-signals.ts";
import { totalCost } from "./next-candidate.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { createProviderLanes } from "./provider-lanes.ts";
import { quoteModels } from "./quote-models.ts";
import type { RaceResult, StartedAttempt } from "./race-attempts.ts";
import { raceAttempts } from "./race-attempts.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { RouterLimits } from "./router-limits.ts";
import { defaultRouterLimits } from "./router-limits.ts";

export interface GeneratorRouterOptions {
  readonly priceBook: PriceBook;
  readonly providers: readonly RouterProvider[];
  /** Estimates usage that a provider does not tell. */
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly limits?: Partial<RouterLimits>;
  /** Nothing that is not local is asked. @defaultValue false */
  readonly isOffline?: boolean;
  /** Tokens of a model for one o200k token, by `provider/model` or `provider`. @defaultValue 1 for each */
  readonly tokenRatios?: Readonly<Record<string, number>>;
  /** Told of each attempt once it is over, also of one whose reader left before the end. */
  readonly onAttempt?: (attempt: Attempt) => void;
  /** 0 … 1, for the waits before a repetition. @defaultValue Math.random */
  readonly random?: () => number;
}

/**
 * Sends a prompt to the cheapest model that can answer it, by the expected cost of this very request.
 *
 * A failure before the first text moves on to the next candidate, or repeats a call that surely cost nothing, within one
 * budget of attempts and time for the whole request. After the
 * first text nobody else continues: the answer ends as `broken`. An abort gives `broken` with `REQUEST_ABORTED`, so
 * that the attempt can be written down, and then rejects with the signal's reason.
 */
export function createGeneratorRouter(options: GeneratorRouterOptions): GeneratorRouter {
  const { priceBook, tokenCounter, clock, isOffline = false, tokenRatios = {} } = options;
  const { onAttempt = () => {}, random = Math.random } = options;
  const limits = { ...defaultRouterLimits, ...options.limits };
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));
  const breaker = createCircuitBreaker(limits);
  const traffic = createPrefixTraffic();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each request that runs
  const tokenRatio = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
    tokenRatios[`${provider}/${model}`] ?? tokenRatios[provider] ?? 1;
  const sources = { priceBook, providers, breaker, traffic, tokenRatio, isOffline };
  const lanes = createProviderLanes(limits);
  const caller = { providers, priceBook, tokenCounter, clock, limits, breaker, lanes, traffic, tokenRatio, onAttempt };
  const quoteFor = (shape: RequestShape, resolved: ResolvedPolicy) => {
    const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
    return quoteModels(shape, resolved, sources, { monotonicMs: clock.monotonicMs(), today });
  };

  async function* generate(request: RoutedRequest, call: Call): AsyncGenerator<RoutedEvent, void, undefined> {
    const { signal, leave } = joinSignals(call.signal, closing.signal);
    try {
      signal.throwIfAborted();
      yield* route(request, signal);
    } finally {
      leave();
    }
  }

  async function* route(request: RoutedRequest, signal: AbortSignal): AsyncGenerator<RoutedEvent, void, undefined> {
    const { shape, responseFormat } = request;
    const needs = responseFormat === undefined ? shape.needs : [...shape.needs, "json_schema" as const];
    const resolved = resolvePolicy(request.policy, { ...shape, needs });
    const { candidates, priceBookId } = quoteFor(shape, resolved);
    const pauseOf = ({ provider, model }: Candidate) => breaker.pauseOf(provider, model, clock.monotonicMs());
    const budget = createRetryBudget({ candidates, resolved, limits, clock, random, pauseOf });
    const attempts: Attempt[] = [];
    const routeWith = (chosen: Pick<Candidate, "provider" | "model"> | undefined): Route => ({
      ...(chosen && { chosen: { provider: chosen.provider, model: chosen.model } }),
      reason: explainRoute(
        candidates,
        candidates.find((each) => isSame(each, chosen)),
        attempts,
      ),
      candidates,
      attempts: [...attempts],
      priceBookId,
    });
    const brokenWith = (chosen: Pick<Candidate, "provider" | "model"> | undefined, error: LarderError) =>
      ({ kind: "broken", route: routeWith(chosen), error: toErrorRecord(error) }) as const;

    let step = budget.next(attempts, undefined);
    yield { kind: "routed", route: routeWith(step.kind === "call" ? step.candidate : undefined) };
    while (step.kind !== "stop") {
      if (step.kind === "wait") {
        await delay(step.waitMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) {
          yield brokenWith(undefined, new LarderError("REQUEST_ABORTED"));
          throw signal.reason;
        }
        step = budget.next(attempts, undefined);
        continue;
      }
      const { candidate } = step;
      const { results, decided }: RaceResult = yield* ask(candidate, {
        request,
        signal,
        deadlineAtMs: budget.deadlineAtMs,
        hedge: () => budget.hedge(attempts, candidate),
      });
      attempts.push(...results.map(({ attempt }) => attempt));
      const asked = decided.attempt;
      if (decided.kind === "aborted") {
        yield brokenWith(asked, new LarderError("REQUEST_ABORTED"));
        throw signal.reason;
      }
      if (decided.kind === "answered") {
        const { reason: finishReason, usage } = decided;
        const cost = totalCost(attempts);
        yield { kind: "answered", route: routeWith(asked), finishReason, usage, ...(cost !== undefined && { cost }) };
        return;
      }
      if (decided.hasText) {
        yield brokenWith(asked, brokenBy(decided.error));
        return;
      }
      step = budget.next(attempts, decided.error);
    }
    yield { kind: "unanswered", route: routeWith(undefined) };
  }

  interface Asked {
    readonly request: RoutedRequest;
    readonly signal: AbortSignal;
    readonly deadlineAtMs: number;
    hedge(): Candidate | undefined;
  }

  /** One attempt, or two of which one gives text, where a hedge is set. */
  async function* ask(
    candidate: Candidate,
    { request, signal, deadlineAtMs, hedge }: Asked,
  ): AsyncGenerator<{ readonly kind: "text"; readonly text: string }, RaceResult, undefined> {
    if (limits.hedgeDelayMs === 0) {
      const decided = yield* callCandidate(caller, candidate, request, { deadlineAtMs, signal });
      return { results: [decided], decided };
    }
    const leaves: (() => void)[] = [];
    const start = (each: Candidate): StartedAttempt => {
      const own = new AbortController();
      const joined = joinSignals(signal, own.signal);
      leaves.push(joined.leave);
      const events = callCandidate(caller, each, request, { deadlineAtMs, signal: joined.signal });
      return { events, stop: (reason) => own.abort(reason) };
    };
    const startSecond = () => {
      const second = hedge();
      return second === undefined ? undefined : start(second);
    };
    try {
      return yield* raceAttempts(start(candidate), { delayMs: limits.hedgeDelayMs, startSecond });
    } finally {
      for (const leave of leaves) leave();
    }
  }

  return {
    priceBook,
    models: () =>
      priceBook
        .models()
        .map((entry) => ({ ...entry, isConfigured: providers.get(entry.provider)?.isConfigured ?? false })),
    quote: (shape, policy) => quoteFor(shape, resolvePolicy(policy, shape)),
    generate,
    async [Symbol.asyncDispose]() {
      closing.abort(new LarderError("SERVER_STOPPING"));
      await Promise.all(options.providers.map((provider) => provider.close?.()));
    },
  };
}

function isSame(candidate: Candidate, chosen: Pick<Candidate, "provider" | "model"> | undefined): boolean {
  return candidate.provider === chosen?.provider && candidate.model === chosen.model;
}

/** Whatever ended a stream after its first text, the reader has an incomplete answer; the reason stays in the details. */
function brokenBy(error: LarderError): LarderError {
  if (error.code === "PROVIDER_STREAM_BROKEN") return error;
  return new LarderError("PROVIDER_STREAM_BROKEN", {
    details: { ...error.details, broken_by: error.code },
    cause: error,
  });
}
