import { quantile } from "@larder/statistics";

/** One answer of a local server, as it was timed. */
export interface SpeedSample {
  /** Answers that ran at the same time, this one counted. */
  readonly concurrency: number;
  /** By the server's own count. Tokens that it had in its cache are not among them, as far as it tells. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstTextMs: number;
  readonly totalMs: number;
}

/** All answers that ran at the same time. */
export interface SpeedRound {
  readonly concurrency: number;
  readonly samples: readonly SpeedSample[];
  /** From the first request to the end of the last answer. */
  readonly wallMs: number;
}

export interface MeasuredSpeed {
  readonly concurrency: number;
  readonly answers: number;
  /** Tokens a second of all streams together; `null` where the answers were too short to tell. */
  readonly prefill: number | null;
  readonly decode: number | null;
  readonly firstTextMsP50: number;
  readonly totalMsP50: number;
}

/**
 * Speeds by concurrency. Reading is timed up to the first text and writing from there, so what runs between streams is
 * in both: at a concurrency above one they are the speeds that the streams saw, times the streams.
 */
export function summariseSpeed(rounds: readonly SpeedRound[]): readonly MeasuredSpeed[] {
  const levels = [...new Set(rounds.map(({ concurrency }) => concurrency))].toSorted((a, b) => a - b);
  return levels.flatMap((concurrency) => {
    const samples = rounds.filter((round) => round.concurrency === concurrency).flatMap((round) => round.samples);
    if (samples.length === 0) return [];
    const read = rate(
      samples,
      ({ inputTokens }) => inputTokens,
      ({ firstTextMs }) => firstTextMs,
    );
    // The first token is there when its time begins.
    const written = rate(
      samples,
      ({ outputTokens }) => outputTokens - 1,
      ({ totalMs, firstTextMs }) => totalMs - firstTextMs,
    );
    return [
      {
        concurrency,
        answers: samples.length,
        prefill: read === null ? null : read * concurrency,
        decode: written === null ? null : written * concurrency,
        firstTextMsP50: quantile(
          samples.map(({ firstTextMs }) => firstTextMs),
          0.5,
        ),
        totalMsP50: quantile(
          samples.map(({ totalMs }) => totalMs),
          0.5,
        ),
      },
    ];
  });
}

/** Sum of tokens over sum of time; answers without either are left out of both. */
function rate(
  samples: readonly SpeedSample[],
  tokensOf: (sample: SpeedSample) => number,
  msOf: (sample: SpeedSample) => number,
): number | null {
  const told = samples.filter((sample) => tokensOf(sample) > 0 && msOf(sample) > 0);
  if (told.length === 0) return null;
  const tokens = told.reduce((sum, sample) => sum + tokensOf(sample), 0);
  return tokens / (told.reduce((sum, sample) => sum + msOf(sample), 0) / 1_000);
}
