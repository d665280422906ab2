import type { Generator, Usage } from "@larder/contracts";
import { inputTokensOf, outputTokensOf } from "@larder/contracts";
import type { SpeedRound, SpeedSample } from "@larder/economics";

/** What will be asked, said before anything is. */
export interface SpeedPlan {
  readonly model: string;
  /** Answers at the same time, one round each after one that is not counted. */
  readonly concurrencies: readonly number[];
  readonly roundsEach: number;
  /** About this many tokens are read for each answer, and at most so many written. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** No round begins later than this, and what runs then is stopped. */
  readonly secondsMax: number;
}

export interface SpeedRun {
  readonly rounds: readonly SpeedRound[];
  readonly requests: number;
  /** Answers that failed, or told no usage; they are in no figure. */
  readonly failures: number;
  /** The time was over before the plan was. */
  readonly isCut: boolean;
}

export const requestsOf = ({ concurrencies, roundsEach }: SpeedPlan): number =>
  1 + concurrencies.reduce((sum, concurrency) => sum + concurrency * roundsEach, 0);

/**
 * Times answers of a local server. Each prompt begins with a number of its own, so that no server can take its reading
 * from a cache; the first answer, which may have to load the model, is not counted. An answer may be shorter than asked
 * for; its own count is what is divided.
 */
export async function measureSpeed(
  generator: Generator,
  plan: SpeedPlan,
  call: { readonly signal: AbortSignal; readonly nowMs: () => number; readonly nonce: () => string },
): Promise<SpeedRun> {
  const end = AbortSignal.timeout(plan.secondsMax * 1_000);
  const signal = AbortSignal.any([call.signal, end]);
  const rounds: SpeedRound[] = [];
  let requests = 0;
  let failures = 0;
  const ask = async (concurrency: number): Promise<SpeedSample | undefined> => {
    requests += 1;
    try {
      const sample = await timeAnswer(generator, plan, concurrency, { ...call, signal });
      if (sample === undefined) failures += 1;
      return sample;
    } catch (thrown) {
      if (call.signal.aborted) throw call.signal.reason;
      if (requests === 1) throw thrown; // a server that answers not even once is no measurement
      failures += 1;
      return undefined;
    }
  };
  await ask(1);
  for (const concurrency of plan.concurrencies) {
    for (let round = 0; round < plan.roundsEach && !end.aborted; round += 1) {
      const startedMs = call.nowMs();
      const samples = await Promise.all(Array.from({ length: concurrency }, () => ask(concurrency)));
      rounds.push({
        concurrency,
        samples: samples.filter((sample) => sample !== undefined),
        wallMs: call.nowMs() - startedMs,
      });
    }
  }
  return { rounds, requests, failures, isCut: end.aborted };
}

async function timeAnswer(
  generator: Generator,
  plan: SpeedPlan,
  concurrency: number,
  call: { readonly signal: AbortSignal; readonly nowMs: () => number; readonly nonce: () => string },
): Promise<SpeedSample | undefined> {
  const startedMs = call.nowMs();
  let firstTextMs: number | undefined;
  let usage: Usage | undefined;
  const request = {
    model: plan.model,
    prompt: { messages: [{ role: "user" as const, content: promptOf(plan.inputTokens, call.nonce()) }] },
    outputTokensMax: plan.outputTokens,
    sampling: { temperature: 0 },
  };
  for await (const event of generator.generate(request, { signal: call.signal })) {
    if (event.kind !== "finished") firstTextMs ??= call.nowMs() - startedMs;
    else usage = event.usage;
  }
  if (usage === undefined || firstTextMs === undefined) return undefined;
  return {
    concurrency,
    inputTokens: inputTokensOf(usage.tokens) - usage.tokens.inputCacheRead,
    outputTokens: outputTokensOf(usage.tokens),
    firstTextMs,
    totalMs: call.nowMs() - startedMs,
  };
}

/** Words that tokenizers have as one token each, so that the length is about right for any of them. */
const filler = "time year people way day man thing woman life child world school state family student group".split(" ");

function promptOf(inputTokens: number, nonce: string): string {
  const words = Array.from({ length: Math.max(1, inputTokens - 40) }, (_, i) => filler[(i * 7) % filler.length]);
  return `${nonce}. Read this, then write a long story about it.\n${words.join(" ")}\nWrite the story now.`;
}
