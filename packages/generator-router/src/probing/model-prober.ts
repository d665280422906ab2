import type {
  Attempt,
  Budgets,
  Call,
  Clock,
  GeneratorRequest,
  ModelEntry,
  ModelFlag,
  ModelProber,
  NanoUsd,
  PriceBook,
  ProbePayment,
  ProbeResult,
  RoutingMemory,
  TokenCounter,
} from "@larder/contracts";
import { LarderError, nanoUsd, noTokens, toErrorRecord } from "@larder/contracts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import type { Reserved } from "../routing/end-reservation.ts";
import { endingOf, endReservation } from "../routing/end-reservation.ts";
import { totalCost } from "../routing/next-candidate.ts";
import type { AttemptResult } from "../routing/run-attempt.ts";
import { runAttempt } from "../routing/run-attempt.ts";
import type { FlagProbe, ProbeReply } from "./probe-requests.ts";
import { probesOf } from "./probe-requests.ts";

export interface ModelProberOptions {
  readonly priceBook: PriceBook;
  readonly providers: readonly RouterProvider[];
  readonly memory: Pick<RoutingMemory, "observeFlag">;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  /** Money is set aside there before each call. Absent: nothing is bounded. */
  readonly budgets?: Budgets;
  readonly isOffline?: boolean;
  /** Of one call. @defaultValue 30,000 */
  readonly timeoutMs?: number;
}

/** Tokenizers, message overheads and schemas that are sent as text: the worst cost takes four times our count. */
const inputMargin = 4;

export function createModelProber(options: ModelProberOptions): ModelProber {
  const { priceBook, memory, tokenCounter, clock, budgets, isOffline = false, timeoutMs = 30_000 } = options;
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));

  function worstCost({ provider, model }: ModelEntry, request: Omit<GeneratorRequest, "model">): NanoUsd | undefined {
    const inputFresh =
      inputMargin * tokenCounter.count(JSON.stringify([request.prompt, request.tools, request.responseFormat]));
    const { outputTokensMax } = request;
    const costs = [
      { ...noTokens, inputFresh, outputText: outputTokensMax },
      { ...noTokens, inputFresh, outputReasoning: outputTokensMax },
      { ...noTokens, inputCacheWrite: inputFresh, outputText: outputTokensMax },
    ].map((tokens) => priceBook.price(provider, model, tokens));
    let worst = 0n;
    for (const priced of costs) {
      if (priced.kind === "unpriced") return undefined; // what cannot be bounded is not asked
      if (priced.cost > worst) worst = priced.cost;
    }
    return nanoUsd(worst);
  }

  function plan(name?: string) {
    const probes = priceBook.models().flatMap((entry) => {
      const { provider, model, isLocal } = entry;
      if (name !== undefined && name !== model && name !== `${provider}/${model}`) return [];
      if (providers.get(provider)?.isConfigured !== true || (isOffline && !isLocal)) return [];
      const all = probesOf(entry);
      const costs = all.flatMap(({ requests }) => requests.map((request) => worstCost(entry, request)));
      if (costs.some((cost) => cost === undefined)) return [];
      const costMax = nanoUsd(costs.reduce((sum: bigint, cost) => sum + (cost ?? 0n), 0n));
      return [{ provider, model, flags: all.map(({ flag }) => flag), calls: costs.length, costMax }];
    });
    return { probes, costMax: nanoUsd(probes.reduce((sum, { costMax }) => sum + costMax, 0n)) };
  }

  async function settle(entry: ModelEntry, probe: FlagProbe, call: Call, payment: ProbePayment): Promise<ProbeResult> {
    const { provider, model } = entry;
    const isAdvertised = entry.capabilities.some((capability) => capability === probe.flag);
    const of = { provider, model, flag: probe.flag, isAdvertised };
    const replies: ProbeReply[] = [];
    const attempts: Attempt[] = [];
    const told = (): Pick<ProbeResult, "attempts" | "cost"> => {
      const cost = totalCost(attempts);
      return { attempts: [...attempts], ...(cost !== undefined && { cost }) };
    };
    for (const request of probe.requests) {
      let reserved: Awaited<ReturnType<typeof reserve>>;
      try {
        reserved = await reserve(entry, request, call, payment);
      } catch (thrown) {
        if (attempts.length === 0) throw thrown; // what was asked before it is to be written down
        const error = LarderError.is(thrown) ? thrown : new LarderError("REQUEST_ABORTED", { cause: thrown });
        return { ...of, ...told(), outcome: "unknown", error: toErrorRecord(error) };
      }
      if (reserved === "exhausted") {
        return { ...of, ...told(), outcome: "unknown", error: toErrorRecord(new LarderError("BUDGET_EXHAUSTED")) };
      }
      const { text, result } = await askOnce(entry, request, call, payment);
      attempts.push(await ended(result.attempt, reserved));
      if (result.kind === "answered") replies.push({ text, reason: result.reason });
      else if (result.kind === "aborted") {
        return { ...of, ...told(), outcome: "unknown", error: toErrorRecord(new LarderError("REQUEST_ABORTED")) };
      } else {
        const { error } = result;
        // A refusal of this very request is the model's own word; anything else says nothing of it.
        const isRefused = error.code === "PROVIDER_REJECTED" && error.details.reason !== "model_unknown";
        if (isRefused) remember(entry, probe.flag, false);
        return { ...of, ...told(), outcome: isRefused ? "fails" : "unknown", error: toErrorRecord(error) };
      }
    }
    const holds = probe.holds(replies);
    remember(entry, probe.flag, holds);
    return { ...of, ...told(), outcome: holds ? "holds" : "fails" };
  }

  function remember({ provider, model }: ModelEntry, flag: ModelFlag, holds: boolean): void {
    memory.observeFlag({ provider, model, flag, holds, source: "probe", atMs: clock.nowMs() });
  }

  /** `undefined`: no budget bounds it, or it costs nothing. A probe does not wait for money. */
  async function reserve(
    entry: ModelEntry,
    request: Omit<GeneratorRequest, "model">,
    call: Call,
    { payers = [] }: ProbePayment,
  ): Promise<Reserved | "exhausted" | undefined> {
    const amount = worstCost(entry, request);
    if (budgets === undefined || entry.isLocal || amount === undefined || amount === 0n) return undefined;
    const reserved = await budgets.reserve({ payers, amount, model: `${entry.provider}/${entry.model}` }, call);
    if (reserved.kind === "exhausted") return "exhausted";
    return reserved.kind === "unbounded" ? undefined : { id: reserved.id, amount };
  }

  async function ended(attempt: Attempt, reserved: Reserved | undefined): Promise<Attempt> {
    if (budgets === undefined || reserved === undefined) return attempt;
    return { ...attempt, reservation: await endReservation(budgets, reserved, endingOf(attempt)) };
  }

  async function askOnce(
    { provider, model }: ModelEntry,
    request: Omit<GeneratorRequest, "model">,
    { signal }: Call,
    { onSend }: ProbePayment,
  ): Promise<{ readonly text: string; readonly result: AttemptResult }> {
    const generator = providers.get(provider)?.generator;
    if (generator === undefined) throw new LarderError("UNEXPECTED"); // the plan has configured ones only
    const startedAtMs = clock.nowMs();
    const inputFresh = tokenCounter.count(JSON.stringify(request.prompt));
    const events = runAttempt(
      {
        ...{ generator, provider, priceBook, clock, startedAtMs },
        request: { model, ...request },
        timeouts: { firstTextMs: timeoutMs, idleMs: timeoutMs, totalMs: timeoutMs },
        onReleased: () => undefined,
        estimate: (text) => ({ ...noTokens, inputFresh, outputText: tokenCounter.count(text) }),
      },
      signal,
      () => undefined, // it is always read to its end
    );
    let text = "";
    const begun = events.next();
    onSend?.({ provider, model, startedAtMs });
    for (let step = await begun; ; step = await events.next()) {
      if (step.done === true) return { text, result: step.value };
      if (step.value.kind === "text") text += step.value.text;
    }
  }

  return {
    plan,
    async *run({ probes }, call, payment = {}) {
      for (const { provider, model, flags } of probes) {
        const entry = priceBook.find(provider, model);
        if (entry === undefined) continue;
        for (const probe of probesOf(entry)) {
          if (!flags.includes(probe.flag)) continue;
          call.signal.throwIfAborted();
          yield await settle(entry, probe, call, payment);
        }
      }
      call.signal.throwIfAborted();
    },
  };
}
