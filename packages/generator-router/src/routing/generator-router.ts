import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type {
  Attempt,
  Budgets,
  Call,
  Candidate,
  Clock,
  GeneratorRouter,
  Policy,
  PriceBook,
  RequestShape,
  Route,
  RoutedEvent,
  RoutedRequest,
  RoutingMemory,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import { createRoutingMemory } from "../memory/routing-memory.ts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import { askCandidate } from "./ask-candidate.ts";
import { createBudgetWaiters } from "./budget-waiters.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { costQuantile } from "./cost-quantile.ts";
import { joinSignals } from "./join-signals.ts";
import { expectationOf, learnFromAttempt } from "./learn-from-attempt.ts";
import { totalCost } from "./next-candidate.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { createProviderLanes } from "./provider-lanes.ts";
import { quoteModels } from "./quote-models.ts";
import type { QuoteSources } from "./quote-sources.ts";
import { termsFor } from "./quote-sources.ts";
import type { RaceResult } from "./race-attempts.ts";
import type { RequestBudget, ReservedAmounts } from "./request-budget.ts";
import { createRequestBudget, quoteBelow } from "./request-budget.ts";
import { fetchesImages, shapeOf } from "./request-needs.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { NextStep } from "./retry-budget.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { createRouteTeller, isSameModel } from "./route-teller.ts";
import type { RouterLimits } from "./router-limits.ts";
import { defaultRouterLimits } from "./router-limits.ts";

/** See {@link GeneratorRouterOptions.reserve}. */
export type BudgetReserve = "worst" | "p99";

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
  /** What is learned of models. @defaultValue one of its own, forgotten with the process */
  readonly memory?: RoutingMemory;
  /** Money is set aside there before anything is sent. Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  /**
   * What budgets set aside for an attempt. `worst`: no bill passes a budget. `p99`: what 99 of 100 answers of the model at
   * the task took, once 600 were observed; more calls fit at the same time, and a bill may pass a budget by what the
   * others take more. @defaultValue worst
   */
  readonly reserve?: BudgetReserve;
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
  const memory = options.memory ?? createRoutingMemory();
  const limits = { ...defaultRouterLimits, ...options.limits };
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));
  const breaker = createCircuitBreaker(limits);
  const traffic = createPrefixTraffic();
  const waiters = createBudgetWaiters();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each request in work, and each leaves with its request
  const hasRatios = Object.keys(tokenRatios).length > 0;
  const tokenRatio = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
    hasRatios ? (tokenRatios[`${provider}/${model}`] ?? tokenRatios[provider] ?? 1) : 1;
  const sources: QuoteSources = {
    ...{ priceBook, providers, breaker, traffic, tokenRatio, isOffline },
    knowledge: (entry, { task = "answering", difficulty }, nowMs) => memory.knowledge(entry, task, nowMs, difficulty),
  };
  const lanes = createProviderLanes(limits);
  const caller = { providers, priceBook, tokenCounter, clock, limits, breaker, lanes, traffic, tokenRatio };
  const timeNow = () => {
    const nowMs = clock.nowMs();
    return { nowMs, monotonicMs: clock.monotonicMs(), today: new Date(nowMs).toISOString().slice(0, 10) };
  };
  const quoteFor = (shape: RequestShape, resolved: ResolvedPolicy, time = timeNow()) =>
    quoteModels(shape, resolved, sources, time);

  /** Who is free, and how much is set aside for whom. */
  const amountsFor = (shape: RequestShape, policy: Policy): ReservedAmounts => {
    const entryOf = ({ provider, model }: Candidate) => priceBook.find(provider, model);
    const isLocal = (candidate: Candidate) => entryOf(candidate)?.isLocal === true;
    if (options.reserve !== "p99") return { isLocal };
    const nowMs = clock.nowMs();
    return {
      isLocal,
      costQuantile(candidate) {
        const entry = entryOf(candidate);
        if (entry === undefined) return undefined;
        const terms = termsFor(entry, { policy }, { nowMs });
        return costQuantile(entry, candidate, sources.knowledge(entry, shape, nowMs), { shape, priceBook, terms });
      },
    };
  };
  const moneyFor = ({ shape, policy, payers = [] }: RoutedRequest): RequestBudget =>
    createRequestBudget({
      payers,
      clock,
      waiters,
      waitMs: limits.budgetWaitMs,
      ...(options.budgets && { budgets: options.budgets }),
      ...amountsFor(shape, policy),
    });

  async function* generate(request: RoutedRequest, call: Call): AsyncGenerator<RoutedEvent, void, undefined> {
    const { signal, leave } = joinSignals(call.signal, closing.signal);
    const money = moneyFor(request);
    try {
      signal.throwIfAborted();
      yield* route(request, money, signal);
    } finally {
      leave();
      await money.leave();
    }
  }

  async function* route(
    request: RoutedRequest,
    money: RequestBudget,
    signal: AbortSignal,
  ): AsyncGenerator<RoutedEvent, void, undefined> {
    const { responseFormat } = request;
    const shape = shapeOf(request);
    const resolved = resolvePolicy(request.policy, shape);
    if ((isOffline || resolved.isLocalOnly) && fetchesImages(request.prompt)) {
      throw new LarderError("REQUEST_INVALID", { details: { reason: "image_by_address" } });
    }
    const time = timeNow();
    const quote = quoteFor(shape, resolved, time);
    const candidates = quote.eligible();
    const told = createRouteTeller({
      quote,
      candidates,
      resolved,
      policy: request.policy,
      priceBook,
      today: time.today,
      ...(request.candidatesMax !== undefined && { candidatesMax: request.candidatesMax }),
    });
    const pauseOf = ({ provider, model }: Candidate) => breaker.pauseOf(provider, model, clock.monotonicMs());
    const retries = createRetryBudget({
      candidates,
      resolved,
      limits,
      clock,
      random,
      pauseOf,
      refuses: (candidate) => money.refuses(candidate),
    });
    const attempts: Attempt[] = [];
    const routeWith = (chosen: Pick<Candidate, "provider" | "model"> | undefined): Route =>
      told(chosen, attempts, money.marker());
    /** The next step that the budgets have room for, its money reserved. */
    const nextStep = async (lastError?: LarderError): Promise<NextStep> => {
      let step: NextStep = { kind: "stop" };
      const pick = () => {
        step = retries.next(attempts, lastError);
        return step.kind === "call" && !money.refuses(step.candidate) ? step.candidate : undefined;
      };
      // Who is to be asked again after a delay is not overtaken by a wait for money.
      const mayWait = () => (step as NextStep).kind !== "wait";
      const candidate = await money.take(pick, { signal, deadlineAtMs: retries.deadlineAtMs, mayWait });
      if (candidate !== undefined) return { kind: "call", candidate };
      return (step as NextStep).kind === "wait" ? step : { kind: "stop" };
    };
    const over = async (attempt: Attempt): Promise<Attempt> => {
      const candidate = candidates.find((each) => isSameModel(each, attempt));
      const expected = candidate && expectationOf(candidate, shape);
      const ended = await money.end({ ...attempt, ...(expected && { expected }) });
      const task = shape.task ?? (responseFormat === undefined ? "answering" : "json");
      learnFromAttempt(ended, { shape, task, nowMs: clock.nowMs() }, memory);
      onAttempt(ended);
      request.onAttempt?.(ended);
      return ended;
    };
    const brokenWith = (chosen: Pick<Candidate, "provider" | "model"> | undefined, error: LarderError) =>
      ({ kind: "broken", route: routeWith(chosen), error: toErrorRecord(error) }) as const;

    let step = await nextStep();
    yield { kind: "routed", route: routeWith(step.kind === "call" ? step.candidate : undefined) };
    while (step.kind !== "stop") {
      if (step.kind === "wait") {
        await delay(step.waitMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) {
          yield brokenWith(undefined, new LarderError("REQUEST_ABORTED"));
          throw signal.reason;
        }
        step = await nextStep();
        continue;
      }
      const { candidate } = step;
      money.sent();
      const { results, decided }: RaceResult = yield* askCandidate(caller, candidate, {
        request,
        signal,
        over,
        resolved,
        deadlineAtMs: retries.deadlineAtMs,
        // One reservation stands for one call: what a budget bounds is asked of one model at a time.
        hedge: () => (money.isReserved() ? undefined : retries.hedge(attempts, candidate)),
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
      step = await nextStep(decided.error);
    }
    yield { kind: "unanswered", route: routeWith(undefined) };
  }

  return {
    priceBook,
    models: () =>
      priceBook
        .models()
        .map((entry) => ({ ...entry, isConfigured: providers.get(entry.provider)?.isConfigured ?? false })),
    quote: (shape, policy) => quoteFor(shape, resolvePolicy(policy, shape)),
    async quoteWithin(shape, policy, payers, call) {
      const quote = quoteFor(shape, resolvePolicy(policy, shape));
      const bounds = (await options.budgets?.bounding(payers, call)) ?? [];
      return bounds.length === 0 ? quote : quoteBelow(quote, bounds, amountsFor(shape, policy));
    },
    generate,
    async [Symbol.asyncDispose]() {
      closing.abort(new LarderError("SERVER_STOPPING"));
      await Promise.all(options.providers.map((provider) => provider.close?.()));
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
