import type {
  Attempt,
  Call,
  Candidate,
  Clock,
  GeneratorRouter,
  PriceBook,
  Quote,
  RequestShape,
  Route,
  RoutedEvent,
  RoutedRequest,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, noTokens, toErrorRecord } from "@larder/contracts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import type { AttemptTimeouts } from "./attempt-timers.ts";
import { createCoolDowns } from "./cool-downs.ts";
import { explainRoute } from "./explain-route.ts";
import { joinSignals } from "./join-signals.ts";
import { movesOn, nextCandidate, totalCost } from "./next-candidate.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { quoteModels } from "./quote-models.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { RouterLimits } from "./router-limits.ts";
import { defaultRouterLimits } from "./router-limits.ts";
import type { AttemptResult } from "./run-attempt.ts";
import { runAttempt } from "./run-attempt.ts";
import { withCredentialsOnly } from "./with-credentials-only.ts";

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
}

/**
 * Sends a prompt to the cheapest model that can answer it, by the expected cost of this very request.
 *
 * A failure before the first text moves on to the next candidate, within one limit for the whole request. After the
 * first text nobody else continues: the answer ends as `broken`. An abort gives `broken` with `REQUEST_ABORTED`, so
 * that the attempt can be written down, and then rejects with the signal's reason.
 */
export function createGeneratorRouter(options: GeneratorRouterOptions): GeneratorRouter {
  const { priceBook, tokenCounter, clock, isOffline = false, tokenRatios = {}, onAttempt = () => {} } = options;
  const limits = { ...defaultRouterLimits, ...options.limits };
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));
  const coolDowns = createCoolDowns(limits);
  const traffic = createPrefixTraffic();
  const closing = new AbortController();
  const ratioOf = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
    tokenRatios[`${provider}/${model}`] ?? tokenRatios[provider] ?? 1;
  const sources = { priceBook, providers, coolDowns, traffic, tokenRatio: ratioOf, isOffline };
  const askable = withCredentialsOnly(sources);
  const quoteFor = (shape: RequestShape, resolved: ResolvedPolicy, isBrief = false): Quote => {
    const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
    if (isBrief) {
      const brief = quoteModels(shape, resolved, askable, { monotonicMs: clock.monotonicMs(), today });
      if (brief.candidates[0]?.isEligible === true) return brief;
    }
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
    const deadline =
      resolved.deadlineMs === undefined ? {} : { deadlineAtMs: clock.monotonicMs() + resolved.deadlineMs };
    const { candidates, priceBookId } = quoteFor(shape, resolved, request.isBrief);
    const attempts: Attempt[] = [];
    const routeWith = (chosen: Candidate | undefined): Route => ({
      ...(chosen && { chosen: { provider: chosen.provider, model: chosen.model } }),
      reason: explainRoute(candidates, chosen, attempts),
      candidates,
      attempts: [...attempts],
      priceBookId,
      pricesAsOf: priceBook.asOf,
    });
    const pick = () =>
      nextCandidate(candidates, {
        attempts,
        spreadsProviders: resolved.spreadsProviders,
        ...(request.policy.costMax !== undefined && { costMax: request.policy.costMax }),
        isPaused: ({ provider, model }) => coolDowns.pauseOf(provider, model, clock.monotonicMs()) !== undefined,
      });

    let chosen = pick();
    yield { kind: "routed", route: routeWith(chosen) };
    while (chosen !== undefined) {
      const result: AttemptResult = yield* ask(chosen, request, deadline, signal);
      attempts.push(result.attempt);
      onAttempt(result.attempt);
      if (result.kind === "aborted") {
        yield { kind: "broken", route: routeWith(chosen), error: toErrorRecord(new LarderError("REQUEST_ABORTED")) };
        throw signal.reason;
      }
      if (result.kind === "answered") {
        const { reason: finishReason, usage } = result;
        const cost = totalCost(attempts);
        yield { kind: "answered", route: routeWith(chosen), finishReason, usage, ...(cost !== undefined && { cost }) };
        return;
      }
      if (result.hasText) {
        yield { kind: "broken", route: routeWith(chosen), error: toErrorRecord(brokenBy(result.error)) };
        return;
      }
      const isLast =
        !resolved.allowsFailover ||
        !movesOn(result.error) ||
        attempts.length >= limits.attemptsMax ||
        (deadline.deadlineAtMs !== undefined && clock.monotonicMs() >= deadline.deadlineAtMs);
      chosen = isLast ? undefined : pick();
    }
    yield { kind: "unanswered", route: routeWith(undefined) };
  }

  /** One attempt with one candidate; what is learned of the provider is kept for later requests. */
  async function* ask(
    { provider, model }: Candidate,
    { prompt, shape, responseFormat, isJsonObject, sampling }: RoutedRequest,
    deadline: { readonly deadlineAtMs?: number },
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly kind: "text"; readonly text: string }, AttemptResult, undefined> {
    const connection = providers.get(provider);
    if (connection === undefined) throw new LarderError("UNEXPECTED"); // without it the model is not eligible
    const ratio = ratioOf({ provider, model });
    const timeouts: AttemptTimeouts = limits;
    const result = yield* runAttempt(
      {
        generator: connection.generator,
        provider,
        request: {
          model,
          prompt,
          outputTokensMax: shape.outputTokensMax,
          ...(responseFormat && { responseFormat }),
          ...(isJsonObject === undefined ? {} : { isJsonObject }),
          ...(sampling && { sampling }),
        },
        priceBook,
        clock,
        timeouts,
        ...deadline,
        estimate: (text) => ({
          ...noTokens,
          inputFresh: Math.ceil(shape.inputTokens * ratio),
          outputText: Math.ceil(tokenCounter.count(text) * ratio),
        }),
      },
      signal,
      onAttempt,
    );
    if (result.kind === "answered") {
      coolDowns.answered(provider, model);
      if (shape.stablePrefixTokens > 0) traffic.record(provider, model, clock.monotonicMs());
    }
    if (result.kind === "failed") coolDowns.failed(provider, model, result.error, clock.monotonicMs());
    return result;
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
    },
  };
}

/** Whatever ended a stream after its first text, the reader has an incomplete answer; the reason stays in the details. */
function brokenBy(error: LarderError): LarderError {
  if (error.code === "PROVIDER_STREAM_BROKEN") return error;
  return new LarderError("PROVIDER_STREAM_BROKEN", {
    details: { ...error.details, broken_by: error.code },
    cause: error,
  });
}
