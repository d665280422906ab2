import type {
  Attempt,
  BatchAnswer,
  BatchApi,
  BatchRequest,
  BatchRequestId,
  BatchRequests,
  BatchState,
  Budgets,
  Call,
  Clock,
  ErrorRecord,
  GeneratorRouter,
  ReceiptId,
  Route,
  Usage,
} from "@larder/contracts";
import { LarderError, noTokens, toErrorRecord } from "@larder/contracts";
import { totalCost } from "../routing/next-candidate.ts";
import { shapeOf } from "../routing/request-needs.ts";
import { endBatch } from "./batch-attempt.ts";
import { callLive } from "./call-live.ts";
import { chooseBatch } from "./choose-batch.ts";
import { createWorkPlaces } from "./work-places.ts";

export interface BatchLaneOptions {
  readonly router: GeneratorRouter;
  /** By provider id; a provider that is not there has no batches. */
  readonly apis: ReadonlyMap<string, BatchApi>;
  readonly requests: BatchRequests;
  readonly clock: Clock;
  /** Money is set aside there before a batch is made. Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  /** Writes the receipt of a request that is over; durable when it returns. `error`: it has no answer. */
  record(
    request: BatchRequest,
    route: Route,
    ending: { readonly answer?: BatchAnswer; readonly errorCode?: string },
  ): Promise<ReceiptId>;
  /** Kept before the deadline for a live call. @defaultValue 120,000 */
  readonly liveCallMs?: number;
  /** Requests that are taken a step further at the same time. @defaultValue 8 */
  readonly atOnceMax?: number;
}

/** Requests that may wait, on their way. */
export interface BatchLane {
  /**
   * Takes every unfinished request one step further, several at a time, and is over when all of them were. One that fails
   * stops none of the others and is tried again the next time; the first such failure is thrown at the end.
   */
  advance(call: Call): Promise<void>;
  /**
   * The same, over as soon as it is known which requests there are: a live call may take minutes, and nothing else
   * should have to wait for it. A request that an earlier turn still works on is left to that one.
   */
  begin(call: Call): Promise<BatchTurn>;
}

export interface BatchTurn {
  /** Of the requests that this turn began. Rejects like {@link BatchLane.advance}; somebody must wait for it. */
  readonly over: Promise<void>;
}

type Ended = Extract<BatchState, { kind: "answered" | "failed" }>;
type Submitting = Extract<BatchState, { kind: "submitting" }>;
type Submitted = Extract<BatchState, { kind: "submitted" }>;

/**
 * Answers requests that have time by a provider's batch where that is cheaper, and by a live call where it is not, where
 * the batch came to nothing, or where its answer would come too late. Both attempts are on the receipt. Each step is
 * written down before the next, so that another process goes on where this one stopped: a batch that may have been made
 * is looked for by its name before another one is, and a live call that was interrupted is an attempt of unknown bill
 * before the next. A budget without room is waited for until the time of the live call comes.
 */
export function createBatchLane(options: BatchLaneOptions): BatchLane {
  const { router, apis, requests, clock, budgets, record, liveCallMs = 120_000, atOnceMax = 8 } = options;
  const { priceBook } = router;
  const ports = { priceBook, clock, ...(budgets && { budgets }) };
  const calling = (...earlier: readonly Attempt[]): BatchState => ({ kind: "calling", earlier });
  const places = createWorkPlaces(atOnceMax);
  /** In work or waiting for a place, in whichever turn. */
  const taken = new Set<BatchRequestId>();
  const isLate = ({ deadlineAtMs }: BatchRequest) => clock.nowMs() >= deadlineAtMs - liveCallMs;

  async function step(job: BatchRequest, call: Call): Promise<BatchState | undefined> {
    const { state } = job;
    switch (state.kind) {
      case "waiting":
        return isLate(job) ? calling() : choose(job, call);
      case "submitting":
        return submit(job, state, call);
      case "submitted":
        return follow(job, state, call);
      case "calling":
        return answerLive(job, state.earlier, call);
      default:
        return undefined;
    }
  }

  /** `undefined`: a batch would be cheaper, and the budgets have no room for it yet. */
  async function choose({ request }: BatchRequest, call: Call): Promise<BatchState | undefined> {
    const { candidates } = router.quote(shapeOf(request), request.policy);
    const chosen = chooseBatch(candidates, request.shape, priceBook, (id) => apis.has(id));
    if (chosen === undefined) return calling();
    const { provider, model, worstCost: amount } = chosen;
    const state = { kind: "submitting", provider, model, startedAtMs: clock.nowMs() } as const;
    const isLocal = priceBook.find(provider, model)?.isLocal === true;
    if (budgets === undefined || isLocal || amount === 0n) return state;
    const { payers = [] } = request;
    const reserved = await budgets.reserve({ payers, amount, model: `${provider}/${model}` }, call);
    if (reserved.kind === "exhausted") return undefined;
    return reserved.kind === "unbounded" ? state : { ...state, reservation: { id: reserved.id, amount } };
  }

  async function submit(job: BatchRequest, state: Submitting, call: Call): Promise<BatchState | undefined> {
    const api = apis.get(state.provider);
    const tooLate = new LarderError("PROVIDER_TIMED_OUT", { details: { limit: "deadline" } });
    const nobody = new LarderError("PROVIDER_AUTHENTICATION", { details: { reason: "key_missing" } });
    // An earlier process may have made it before the key was taken away.
    if (api === undefined) return calling(await endBatch(ports, state, unknown(nobody)));
    try {
      const named = await api.named(job.id, call);
      if (named !== undefined) return { ...state, kind: "submitted", batchId: named };
      // No time for one any more. None is among the newest, which is no proof that none was made.
      if (isLate(job)) return calling(await endBatch(ports, state, unknown(tooLate)));
      const batchId = await api.submit(job.id, { model: state.model, routed: job.request }, call);
      return { ...state, kind: "submitted", batchId };
    } catch (thrown) {
      const error = orRethrow(thrown, call);
      if (error.retryable && !isLate(job)) return undefined; // looked for again
      // Refused, or its fate unknown when there is no more time: a batch that nobody can name may still be billed.
      const isRefused = error.code === "PROVIDER_REJECTED" || error.code === "PROVIDER_AUTHENTICATION";
      const facts = isRefused ? { billed: "no" as const, error: toErrorRecord(error) } : unknown(error);
      return calling(await endBatch(ports, state, facts));
    }
  }

  async function follow(job: BatchRequest, state: Submitted, call: Call): Promise<BatchState | undefined> {
    const api = apis.get(state.provider);
    const late = isLate(job);
    const tooLate = unknown(new LarderError("PROVIDER_TIMED_OUT", { details: { limit: "deadline" } }));
    if (api === undefined) return calling(await endBatch(ports, state, tooLate));
    let polled: Awaited<ReturnType<BatchApi["poll"]>>;
    try {
      polled = await api.poll(state.batchId, call);
      if (polled.kind === "running" && late) {
        await api.cancel(state.batchId, call);
        polled = await api.poll(state.batchId, call); // it may have ended in between, and is then the answer
      }
    } catch (thrown) {
      orRethrow(thrown, call);
      return late ? calling(await endBatch(ports, state, tooLate)) : undefined;
    }
    if (polled.kind === "running") return late ? calling(await endBatch(ports, state, tooLate)) : undefined;
    if (polled.kind === "failed") return calling(await endBatch(ports, state, polled));
    const { text, toolCalls, finishReason, usage } = polled;
    const attempt = await endBatch(ports, state, { billed: "yes", ...(usage && { usage }) });
    const route = routeOf(job, attempt, `${state.provider}/${state.model} answered in a batch, which was cheaper.`);
    const cost = totalCost([attempt]);
    const known = attempt.usage ?? { tokens: estimate(job), source: "estimated" as const };
    return end(job, {
      ...{ text, finishReason, usage: known, route },
      ...(toolCalls && { toolCalls }),
      ...(cost !== undefined && { cost }),
    });
  }

  async function answerLive(job: BatchRequest, earlier: readonly Attempt[], call: Call): Promise<Ended | undefined> {
    // Beside the call, and not waited for: should it fail, only the word of an interruption is missing.
    const note = (attempts: readonly Attempt[]) =>
      void requests.change(job.id, calling(...attempts), call).catch(() => undefined);
    const ending = await callLive(job, earlier, { router, clock, note }, call);
    if (ending.kind === "answered") return end(job, ending.answer);
    if (ending.kind === "failed") return fail(job, ending.route, ending.error);
    if (!isLate(job)) return undefined; // money may come back, or a new window begin
    return fail(job, ending.route, toErrorRecord(new LarderError("BUDGET_EXHAUSTED")));
  }

  async function end(job: BatchRequest, answer: BatchAnswer): Promise<Ended> {
    return { kind: "answered", answer, receiptId: await record(job, answer.route, { answer }) };
  }

  async function fail(job: BatchRequest, route: Route, error: ErrorRecord): Promise<Ended> {
    if (route.attempts.length === 0) return { kind: "failed", error };
    return { kind: "failed", error, receiptId: await record(job, route, { errorCode: error.code }) };
  }

  function estimate({ request }: BatchRequest): Usage["tokens"] {
    const { inputTokens, outputTokensExpected } = request.shape;
    return { ...noTokens, inputFresh: inputTokens, outputText: outputTokensExpected };
  }

  function routeOf({ request }: BatchRequest, attempt: Attempt, reason: string): Route {
    const { candidates, priceBookId } = router.quote(shapeOf(request), request.policy);
    return {
      chosen: { provider: attempt.provider, model: attempt.model },
      reason,
      candidates: candidates.filter(({ isEligible }) => isEligible),
      attempts: [attempt],
      priceBookId,
    };
  }

  /** Steps that need no waiting follow at once; a running batch is looked at again the next time. */
  async function advanceOne(job: BatchRequest, call: Call): Promise<void> {
    for (let state: BatchState | undefined = job.state; state !== undefined; ) {
      state = await step({ ...job, state }, call);
      if (state === undefined) return;
      await requests.change(job.id, state, call);
      if (state.kind === "answered" || state.kind === "failed" || state.kind === "submitted") return;
    }
  }

  async function work(id: BatchRequestId, call: Call): Promise<void> {
    taken.add(id);
    try {
      await places.hold(async () => {
        call.signal.throwIfAborted();
        // As it is now: an earlier turn may have moved it on, or ended it, after it was listed.
        const job = await requests.find(id, call);
        if (job !== undefined) await advanceOne(job, call);
      });
    } finally {
      taken.delete(id);
    }
  }

  async function begin(call: Call): Promise<BatchTurn> {
    const found = await requests.unfinished(call);
    const begun = found.flatMap(({ id }) => (taken.has(id) ? [] : [work(id, call)]));
    return { over: allOf(begun, call) };
  }

  return { begin, advance: async (call) => (await begin(call)).over };
}

/** Waits for each, also when some fail, and then fails as the first of them did. */
async function allOf(work: readonly Promise<void>[], { signal }: Call): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
  signal.throwIfAborted();
  if (failed?.status === "rejected") throw failed.reason;
}

const unknown = (error: LarderError) => ({ billed: "unknown", error: toErrorRecord(error) }) as const;

/** A call that was stopped is nobody's failure: the request stays as it is written down. */
function orRethrow(thrown: unknown, { signal }: Call): LarderError {
  if (signal.aborted) throw signal.reason;
  return LarderError.is(thrown) ? thrown : new LarderError("PROVIDER_FAILED", { cause: thrown });
}
