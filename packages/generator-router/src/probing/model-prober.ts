import type {
  Call,
  Clock,
  GeneratorRequest,
  ModelEntry,
  ModelFlag,
  ModelProber,
  NanoUsd,
  PriceBook,
  ProbeResult,
  RoutingMemory,
  TokenCounter,
  Usage,
} from "@larder/contracts";
import { LarderError, nanoUsd, noTokens, toErrorRecord, zeroUsd } from "@larder/contracts";
import type { RouterProvider } from "../providers/provider-setup.ts";
import type { FlagProbe, ProbeReply } from "./probe-requests.ts";
import { probesOf } from "./probe-requests.ts";

export interface ModelProberOptions {
  readonly priceBook: PriceBook;
  readonly providers: readonly RouterProvider[];
  readonly memory: Pick<RoutingMemory, "observeFlag">;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly isOffline?: boolean;
  /** Of one call. @defaultValue 30,000 */
  readonly timeoutMs?: number;
}

/** Tokenizers, message overheads and schemas that are sent as text: the worst cost takes four times our count. */
const inputMargin = 4;

export function createModelProber(options: ModelProberOptions): ModelProber {
  const { priceBook, memory, tokenCounter, clock, isOffline = false, timeoutMs = 30_000 } = options;
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

  async function settle(entry: ModelEntry, probe: FlagProbe, call: Call): Promise<ProbeResult> {
    const { provider, model } = entry;
    const isAdvertised = entry.capabilities.some((capability) => capability === probe.flag);
    const of = { provider, model, flag: probe.flag, isAdvertised };
    const replies: ProbeReply[] = [];
    let cost: NanoUsd | undefined = zeroUsd;
    try {
      for (const request of probe.requests) {
        const { reply, usage } = await askOnce(entry, request, call);
        const priced = usage && priceBook.price(provider, model, usage.tokens);
        cost = cost === undefined || priced?.kind !== "priced" ? undefined : nanoUsd(cost + priced.cost);
        replies.push(reply);
      }
    } catch (thrown) {
      call.signal.throwIfAborted();
      const error = LarderError.is(thrown) ? thrown : new LarderError("PROVIDER_FAILED", { cause: thrown });
      // A refusal of this very request is the model's own word; anything else says nothing of it.
      const isRefused = error.code === "PROVIDER_REJECTED" && error.details.reason !== "model_unknown";
      if (isRefused) remember(entry, probe.flag, false);
      return { ...of, outcome: isRefused ? "fails" : "unknown", error: toErrorRecord(error) };
    }
    const holds = probe.holds(replies);
    remember(entry, probe.flag, holds);
    return { ...of, outcome: holds ? "holds" : "fails", ...(cost !== undefined && { cost }) };
  }

  function remember({ provider, model }: ModelEntry, flag: ModelFlag, holds: boolean): void {
    memory.observeFlag({ provider, model, flag, holds, source: "probe", atMs: clock.nowMs() });
  }

  async function askOnce({ provider, model }: ModelEntry, request: Omit<GeneratorRequest, "model">, call: Call) {
    const generator = providers.get(provider)?.generator;
    if (generator === undefined) throw new LarderError("UNEXPECTED");
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
    let text = "";
    let usage: Usage | undefined;
    let reason: ProbeReply["reason"] = "other";
    try {
      for await (const event of generator.generate({ model, ...request }, { signal })) {
        if (event.kind === "text") text += event.text;
        else {
          reason = event.reason;
          usage = event.usage;
        }
      }
    } catch (thrown) {
      call.signal.throwIfAborted();
      if (signal.aborted) throw new LarderError("PROVIDER_TIMED_OUT", { details: { timeoutMs }, cause: thrown });
      throw thrown;
    }
    return { reply: { text, reason }, usage };
  }

  return {
    plan,
    async *run({ probes }, call) {
      for (const { provider, model, flags } of probes) {
        const entry = priceBook.find(provider, model);
        if (entry === undefined) continue;
        for (const probe of probesOf(entry)) if (flags.includes(probe.flag)) yield await settle(entry, probe, call);
      }
    },
  };
}
