import { setMaxListeners } from "node:events";
import type {
  Attempt,
  Budgets,
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
import type { AttemptTimeouts } from "./attempt-timers.ts";
import { createBudgetWaiters } from "./budget-waiters.ts";
import { createCoolDowns } from "./cool-downs.ts";
import { explainRoute } from "./explain-route.ts";
import { joinSignals } from "./join-signals.ts";
import { movesOn, nextCandidate, totalCost } from "./next-candidate.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { quoteModels } from "./quote-models.ts";
import type { CostQuantile, RequestBudget } from "./request-budget.ts";
import { createRequestBudget } from "./request-budget.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { RouterLimits } from "./router-limits.ts";
import { defaultRouterLimits } from "./router-limits.ts";
import type { AttemptPlan, AttemptResult } from "./run-attempt.ts";
import { runAttempt } from "./run-attempt.ts";

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
  /** Money is set aside there before anything is sent. Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  /** What an attempt reserves at most. @defaultValue its worst cost, which no bill passes */
  readonly costQuantile?: CostQuantile;
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
  const waiters = createBudgetWaiters();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each request in work, and each leaves with its request
  const ratioOf = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
    tokenRatios[`${provider}/${model}`] ?? tokenRatios[provider] ?? 1;
  const sources = { priceBook, providers, coolDowns, traffic, tokenRatio: ratioOf, isOffline };
  const quoteFor = (shape: RequestShape, resolved: ResolvedPolicy) => {
    const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
    return quoteModels(shape, resolved, sources, { monotonicMs: clock.monotonicMs(), today });
  };

  const budgetFor = ({ payers = [] }: RoutedRequest): RequestBudget =>
    createRequestBudget({
      ...(options.budgets && { budgets: options.budgets }),
      ...(options.costQuantile && { costQuantile: options.costQuantile }),
      isLocal: ({ provider, model }) => priceBook.find(provider, model)?.isLocal === true,
      payers,
      clock,
      waiters,
      waitMs: limits.budgetWaitMs,
    });

  async function* generate(request: RoutedRequest, call: Call): AsyncGenerator<RoutedEvent, void, undefined> {
    const { signal, leave } = joinSignals(call.signal, closing.signal);
    const budget = budgetFor(request);
    try {
      signal.throwIfAborted();
      yield* route(request, budget, signal);
    } finally {
      leave();
      await budget.leave();
    }
  }

  async function* route(
    request: RoutedRequest,
    budget: RequestBudget,
    signal: AbortSignal,
  ): AsyncGenerator<RoutedEvent, void, undefined> {
    const { shape, responseFormat } = request;
    const needs = responseFormat === undefined ? shape.needs : [...shape.needs, "json_schema" as const];
    const resolved = resolvePolicy(request.policy, { ...shape, needs });
    const deadline =
      resolved.deadlineMs === undefined ? {} : { deadlineAtMs: clock.monotonicMs() + resolved.deadlineMs };
    const { candidates, priceBookId } = quoteFor(shape, resolved);
    const attempts: Attempt[] = [];
    const routeWith = (chosen: Candidate | undefined): Route => {
      const marked = budget.mark(candidates);
      return {
        ...(chosen && { chosen: { provider: chosen.provider, model: chosen.model } }),
        reason: explainRoute(marked, chosen, attempts),
        candidates: marked,
        attempts: [...attempts],
        priceBookId,
      };
    };
    const pickFitting = () =>
      nextCandidate(candidates, {
        attempts,
        spreadsProviders: resolved.spreadsProviders,
        ...(request.policy.costMax !== undefined && { costMax: request.policy.costMax }),
        isPaused: (candidate) =>
          budget.refuses(candidate) ||
          coolDowns.pauseOf(candidate.provider, candidate.model, clock.monotonicMs()) !== undefined,
      });
    const pick = () => budget.take(pickFitting, { signal, ...deadline });
    const over = async (attempt: Attempt) => {
      const ended = await budget.end(attempt);
      attempts.push(ended);
      onAttempt(ended);
      request.onAttempt?.(ended);
    };

    let chosen = await pick();
    yield { kind: "routed", route: routeWith(chosen) };
    while (chosen !== undefined) {
      budget.sent();
      const result: AttemptResult = yield* ask(chosen, request, deadline, signal, over);
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
      chosen = isLast ? undefined : await pick();
    }
    yield { kind: "unanswered", route: routeWith(undefined) };
  }

  /** One attempt with one candidate; what is learned of the provider is kept for later requests. */
  async function* ask(
    { provider, model }: Candidate,
    { prompt, shape, responseFormat }: RoutedRequest,
    deadline: { readonly deadlineAtMs?: number },
    signal: AbortSignal,
    over: (attempt: Attempt) => Promise<void>,
  ): AsyncGenerator<{ readonly kind: "text"; readonly text: string }, AttemptResult, undefined> {
    const connection = providers.get(provider);
    if (connection === undefined) throw new LarderError("UNEXPECTED"); // without it the model is not eligible
    const ratio = ratioOf({ provider, model });
    const timeouts: AttemptTimeouts = limits;
    const plan: AttemptPlan = {
      generator: connection.generator,
      provider,
      request: { model, prompt, outputTokensMax: shape.outputTokensMax, ...(responseFormat && { responseFormat }) },
      priceBook,
      clock,
      timeouts,
      ...deadline,
      estimate: (text) => ({
        inputFresh: Math.ceil(shape.inputTokens * ratio),
        inputCacheRead: 0,
        inputCacheWrite: 0,
        outputText: Math.ceil(tokenCounter.count(text) * ratio),
        outputReasoning: 0,
      }),
    };
    let ended: Attempt | undefined;
    let result: AttemptResult;
    try {
      result = yield* runAttempt(plan, signal, (attempt) => {
        ended = attempt; // its reader left: nothing below this block runs
      });
      ended = result.attempt;
    } finally {
      if (ended !== undefined) await over(ended);
    }
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
