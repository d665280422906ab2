import type { Attempt, Call, Ledger, ModelEntry, QualityPosterior } from "@larder/contracts";
import { inputTokensOf, outputTokensOf } from "@larder/contracts";
import type { LocalObservation, SpeedSample } from "@larder/economics";
import { summariseSpeed } from "@larder/economics";

export interface LocalSpeed extends LocalObservation {
  readonly prefill: number | null;
}

export interface LocalSources {
  readonly ledger: Pick<Ledger, "receiptsWithin">;
  readonly models: readonly ModelEntry[];
  quality(entry: ModelEntry): QualityPosterior | undefined;
  readonly nowMs: number;
}

const daysWatched = 30;
const receiptsMost = 20_000; // a few seconds of reading at the most

/**
 * Speed and quality of the local models as their own attempts of the last thirty days were. Attempts overlap as they
 * happened to, so these are the speeds that one stream saw.
 */
export async function observeLocalModels(sources: LocalSources, call: Call): Promise<readonly LocalSpeed[]> {
  const local = sources.models.filter(({ isLocal }) => isLocal);
  if (local.length === 0) return [];
  const names = new Set(local.map(nameOf));
  const samples = new Map<string, SpeedSample[]>();
  const window = { fromMs: Math.max(0, sources.nowMs - daysWatched * 86_400_000), toMs: sources.nowMs + 1 };
  let read = 0;
  for await (const { route } of sources.ledger.receiptsWithin(window, call)) {
    read += 1;
    if (read > receiptsMost) break;
    for (const attempt of route.attempts) {
      const sample = names.has(nameOf(attempt)) ? toSample(attempt) : undefined;
      if (sample !== undefined) samples.set(nameOf(attempt), [...(samples.get(nameOf(attempt)) ?? []), sample]);
    }
  }
  return local.map((entry) => {
    const own = samples.get(nameOf(entry)) ?? [];
    const [speed] = summariseSpeed([{ concurrency: 1, wallMs: 0, samples: own }]);
    const quality = sources.quality(entry);
    return {
      model: nameOf(entry),
      ...(entry.quantization !== undefined && { quantization: entry.quantization }),
      tokensPerSecond: speed?.decode ?? null,
      prefill: speed?.prefill ?? null,
      speedBasis: "observed",
      answers: own.length,
      quality: quality?.mean ?? entry.quality,
      judged: quality?.weight ?? 0,
    };
  });
}

const nameOf = ({ provider, model }: { readonly provider: string; readonly model: string }) => `${provider}/${model}`;

function toSample({ outcome, usage, firstTextMs, totalMs }: Attempt): SpeedSample | undefined {
  if (outcome !== "answered" || usage?.source !== "provider" || firstTextMs === undefined) return undefined;
  const { tokens } = usage;
  return {
    concurrency: 1,
    // What the server held in its cache was not read: the time does not have it, so the count must not.
    inputTokens: inputTokensOf(tokens) - tokens.inputCacheRead,
    outputTokens: outputTokensOf(tokens),
    firstTextMs,
    totalMs,
  };
}
