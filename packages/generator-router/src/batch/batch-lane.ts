import type {
  Attempt,
  BatchAnswer,
  BatchApi,
  BatchRequest,
  BatchRequests,
  BatchState,
  Call,
  Clock,
  GeneratorRouter,
  ReceiptId,
  Route,
  Usage,
} from "@larder/contracts";
import { LarderError, noTokens, toErrorRecord } from "@larder/contracts";
import { totalCost } from "../routing/next-candidate.ts";
import { chooseBatch } from "./choose-batch.ts";

export interface BatchLaneOptions {
  readonly router: GeneratorRouter;
  /** By provider id; a provider that is not there has no batches. */
  readonly apis: ReadonlyMap<string, BatchApi>;
  readonly requests: BatchRequests;
  readonly clock: Clock;
  /** Writes the receipt of a request that is over; durable when it returns. `error`: it has no answer. */
  record(
    request: BatchRequest,
    route: Route,
    ending: { readonly answer?: BatchAnswer; readonly errorCode?: string },
  ): Promise<ReceiptId>;
  /** Kept before the deadline for a live call. @defaultValue 120,000 */
  readonly liveCallMs?: number;
}

/** Requests that may wait, on their way. */
export interface BatchLane {
  /** Takes every unfinished request one step further. Nothing that fails here stops the others; it is tried again. */
  advance(call: Call): Promise<void>;
}

type Ended = Extract<BatchState, { kind: "answered" | "failed" }>;

/**
 * Answers requests that have time by a provider's batch where that is cheaper, and by a live call where it is not, where
 * the batch came to nothing, or where its answer would come too late. Both attempts are on the receipt. Each step is
 * written down before the next, so that another process goes on where this one stopped: a batch that may have been made
 * is looked for by its name before another one is.
 */
export function createBatchLane(options: BatchLaneOptions): BatchLane {
  const { router, apis, requests, clock, record, liveCallMs = 120_000 } = options;
  const { priceBook } = router;

  async function step(job: BatchRequest, call: Call): Promise<BatchState | undefined> {
    const { state } = job;
    const isLate = clock.nowMs() >= job.deadlineAtMs - liveCallMs;
    switch (state.kind) {
      case "waiting": {
        const { candidates } = router.quote(job.request.shape, job.request.policy);
        const chosen = isLate ? undefined : chooseBatch(candidates, job.request, priceBook, (id) => apis.has(id));
        if (chosen === undefined) return { kind: "calling", earlier: [] };
        const { provider, model } = chosen;
        return { kind: "submitting", provider, model, startedAtMs: clock.nowMs() };
      }
      case "submitting":
        return submit(job, state, call);
      case "submitted":
        return follow(job, state, isLate, call);
      case "calling":
        return callLive(job, state.earlier, call);
      default:
        return undefined;
    }
  }

  async function submit(job: BatchRequest, state: Extract<BatchState, { kind: "submitting" }>, call: Call) {
    const api = apis.get(state.provider);
    if (api === undefined) return { kind: "calling", earlier: [] } as const;
    try {
      const batchId =
        (await api.named(job.id, call)) ??
        (await api.submit(job.id, { model: state.model, routed: job.request }, call));
      return { ...state, kind: "submitted", batchId } as const;
    } catch (thrown) {
      const error = orRethrow(thrown, call);
      if (error.retryable && clock.nowMs() < job.deadlineAtMs - liveCallMs) return undefined; // looked for again
      // Refused, or its fate unknown when there is no more time: a batch that nobody can name may still be billed.
      const billed = error.code === "PROVIDER_REJECTED" || error.code === "PROVIDER_AUTHENTICATION" ? "no" : "unknown";
      return { kind: "calling", earlier: [batchAttempt(state, { billed, error: toErrorRecord(error) })] } as const;
    }
  }

  async function follow(
    job: BatchRequest,
    state: Extract<BatchState, { kind: "submitted" }>,
    isLate: boolean,
    call: Call,
  ): Promise<BatchState | undefined> {
    const api = apis.get(state.provider);
    const tooLate = toErrorRecord(new LarderError("PROVIDER_TIMED_OUT", { details: { limit: "deadline" } }));
    const unknown: BatchState = {
      kind: "calling",
      earlier: [batchAttempt(state, { billed: "unknown", error: tooLate })],
    };
    if (api === undefined) return unknown;
    let polled: Awaited<ReturnType<BatchApi["poll"]>>;
    try {
      polled = await api.poll(state.batchId, call);
      if (polled.kind === "running" && isLate) {
        await api.cancel(state.batchId, call);
        polled = await api.poll(state.batchId, call); // it may have ended in between, and is then the answer
      }
    } catch (thrown) {
      orRethrow(thrown, call);
      return isLate ? unknown : undefined;
    }
    if (polled.kind === "running") return isLate ? unknown : undefined;
    if (polled.kind === "failed") {
      const { billed, error } = polled;
      return { kind: "calling", earlier: [batchAttempt(state, { billed, error })] };
    }
    const { text, finishReason } = polled;
    const usage: Usage | undefined = polled.usage && { ...polled.usage, lane: "batch" };
    const attempt = batchAttempt(state, { billed: "yes", ...(usage && { usage }) });
    const route = routeOf(job, [attempt], `${state.provider}/${state.model} answered in a batch, which was cheaper.`);
    const cost = totalCost([attempt]);
    const known = usage ?? { tokens: estimate(job), source: "estimated" as const };
    return end(job, { text, finishReason, usage: known, route, ...(cost !== undefined && { cost }) });
  }

  async function callLive(job: BatchRequest, earlier: readonly Attempt[], call: Call): Promise<Ended> {
    let text = "";
    let route = routeOf(job, earlier, "The live call was not begun.");
    const leftMs = Math.max(1, job.deadlineAtMs - clock.nowMs());
    const policy = { ...job.request.policy, deadlineMs: leftMs };
    const withEarlier = (last: Route): Route => ({ ...last, attempts: [...earlier, ...last.attempts] });
    for await (const event of router.generate({ ...job.request, policy }, call)) {
      if (event.kind === "text") text += event.text;
      else if (event.kind === "answered") {
        const { finishReason, usage } = event;
        route = withEarlier(event.route);
        const cost = totalCost(route.attempts);
        return end(job, { text, finishReason, usage, route, ...(cost !== undefined && { cost }) });
      } else {
        route = withEarlier(event.route);
        if (event.kind === "broken") return fail(job, route, event.error);
      }
    }
    const failure = route.attempts.findLast(({ error }) => error !== undefined)?.error;
    return fail(job, route, failure ?? toErrorRecord(new LarderError("POLICY_UNSATISFIABLE")));
  }

  async function end(job: BatchRequest, answer: BatchAnswer): Promise<Ended> {
    return { kind: "answered", answer, receiptId: await record(job, answer.route, { answer }) };
  }

  async function fail(
    job: BatchRequest,
    route: Route,
    error: Extract<Ended, { kind: "failed" }>["error"],
  ): Promise<Ended> {
    if (route.attempts.length === 0) return { kind: "failed", error };
    return { kind: "failed", error, receiptId: await record(job, route, { errorCode: error.code }) };
  }

  function batchAttempt(
    { provider, model, startedAtMs }: Extract<BatchState, { kind: "submitting" | "submitted" }>,
    facts: Pick<Attempt, "billed"> & Partial<Pick<Attempt, "usage" | "error">>,
  ): Attempt {
    const priced = facts.usage && priceBook.price(provider, model, facts.usage.tokens, { lane: "batch" });
    const cost = facts.billed === "no" ? (0n as Attempt["cost"]) : priced?.kind === "priced" ? priced.cost : undefined;
    const outcome =
      facts.billed === "yes"
        ? "answered"
        : facts.error?.code === "PROVIDER_TIMED_OUT"
          ? "aborted"
          : "failed_before_text";
    const totalMs = Math.max(0, clock.nowMs() - startedAtMs);
    return { provider, model, outcome, startedAtMs, totalMs, ...facts, ...(cost !== undefined && { cost }) };
  }

  function estimate({ request }: BatchRequest): Usage["tokens"] {
    const { inputTokens, outputTokensExpected } = request.shape;
    return { ...noTokens, inputFresh: inputTokens, outputText: outputTokensExpected };
  }

  function routeOf({ request }: BatchRequest, attempts: readonly Attempt[], reason: string): Route {
    const { candidates, priceBookId } = router.quote(request.shape, request.policy);
    const [last] = attempts.slice(-1);
    return {
      ...(last?.outcome === "answered" && { chosen: { provider: last.provider, model: last.model } }),
      reason,
      candidates: candidates.filter(({ isEligible }) => isEligible),
      attempts,
      priceBookId,
    };
  }

  return {
    async advance(call) {
      for (const job of await requests.unfinished(call)) {
        // Steps that need no waiting follow at once; a running batch is looked at again the next time.
        for (let state: BatchState | undefined = job.state; state !== undefined; ) {
          state = await step({ ...job, state }, call);
          if (state === undefined) break;
          await requests.change(job.id, state, call);
          if (state.kind === "answered" || state.kind === "failed" || state.kind === "submitted") break;
        }
      }
    },
  };
}

/** A call that was stopped is nobody's failure: the request stays as it is written down. */
function orRethrow(thrown: unknown, { signal }: Call): LarderError {
  if (signal.aborted) throw signal.reason;
  return LarderError.is(thrown) ? thrown : new LarderError("PROVIDER_FAILED", { cause: thrown });
}
