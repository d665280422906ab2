/** How a model did at requests like this one, in sure observations, each counted by how like it is. */
export interface NearOutcome {
  readonly provider: string;
  readonly model: string;
  readonly good: number;
  readonly bad: number;
}

/** What a caller knows of earlier requests that are like this one. */
export interface NearRequests {
  /** How many there are, also without an outcome. */
  readonly count: number;
  /** Of the nearest: 0 … 1. */
  readonly similarity: number;
  /** One a model. */
  readonly outcomes: readonly NearOutcome[];
  /** 0 … 1 of what they say counts, by how well such requests foretold outcomes so far. Absent: all of it. */
  readonly trust?: number;
}

/** The share of good answers that was expected of a model before it was asked. */
export interface QualityForecast {
  /** By what is believed of it over all requests. */
  readonly overall: number;
  /** By that and how it did at requests like this one, counted whole. */
  readonly near: number;
}

/** One sentence: how many there are, and what they say of whom. */
export function nearSentence({ count, similarity, outcomes, trust = 1 }: NearRequests): string {
  const requests = count === 1 ? "1 earlier request is" : `${count} earlier requests are`;
  const said = outcomes.map((each) => `${each.provider}/${each.model} ${nearCounts(each)}`).join(", ");
  const counts =
    trust <= 0
      ? " That does not count: such requests have not foretold outcomes better than all have."
      : trust < 1
        ? ` ${Math.round(trust * 100)} % of that counts.`
        : "";
  return `${requests} like this one (similarity up to ${similarity.toFixed(2)}): ${said}.${counts}`;
}

/** `1.2 good, 0.4 bad`. */
export function nearCounts({ good, bad }: Pick<NearOutcome, "good" | "bad">): string {
  return `${good.toFixed(1)} good, ${bad.toFixed(1)} bad`;
}
