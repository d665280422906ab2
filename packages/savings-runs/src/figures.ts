import type { NanoUsd, PriceBook, UsageTokens } from "@larder/contracts";
import { inputTokensOf, nanoUsd, noTokens, outputTokensOf } from "@larder/contracts";
import { mean } from "@larder/statistics";
import type { Observation } from "./observation.ts";
import { isUnjudged } from "./observation.ts";
import type { RunQuestion } from "./question-set.ts";
import type { RunRegistration } from "./registration.ts";
import type { RunArmId } from "./run-arms.ts";
import { ourArm } from "./run-arms.ts";

/** An arm at one budget: one value a question, in the questions' order, each the mean over the runs. */
export interface Figures {
  readonly arm: RunArmId;
  readonly budget: number | null;
  readonly questions: readonly RunQuestion[];
  readonly quality: readonly number[];
  readonly tokens: readonly number[];
  /** Nano-dollars; `undefined` when one of them has no price. */
  readonly cost: readonly number[] | undefined;
  /** `undefined` where nothing was asked. */
  readonly totalMs: readonly number[] | undefined;
  /** Total of each run, in nano-dollars. */
  readonly costByRun: readonly number[] | undefined;
  readonly observations: readonly Spent[];
}

/** An observation with what it took. */
export interface Spent {
  readonly observation: Observation;
  readonly tokens: UsageTokens;
  /** `undefined`: no price is known. */
  readonly cost: NanoUsd | undefined;
}

export interface Pricing {
  readonly priceBook: Pick<PriceBook, "price" | "find" | "id" | "asOf">;
  readonly provider: string;
  readonly model: string;
}

/** Questions that have every run of the arm; a run that was stopped leaves the others out. */
export function figuresOf(
  registration: RunRegistration,
  questions: readonly RunQuestion[],
  { arm, budget }: { readonly arm: RunArmId; readonly budget: number | null },
  observations: readonly Observation[],
  pricing: Pricing | undefined,
): Figures {
  const byQuestion = new Map<string, Spent[]>();
  for (const observation of observations) {
    if (observation.arm !== arm || observation.budget !== budget) continue;
    const spent = toSpent(registration, observation, pricing);
    const held = byQuestion.get(observation.question);
    if (held === undefined) byQuestion.set(observation.question, [spent]);
    else held.push(spent);
  }
  const runs = registration.metric === "evidence_recall" ? 1 : registration.runs;
  const whole = questions.filter(({ id }) => byQuestion.get(id)?.length === runs);
  const rows = whole.map(({ id }) => byQuestion.get(id) ?? []);
  const all = rows.flat();
  const hasCosts = all.every(({ cost }) => cost !== undefined);
  const isAsked = all.every(({ observation }) => observation.kind === "answered");
  return {
    ...{ arm, budget, questions: whole, observations: all },
    quality: rows.map((row) => mean(row.map(({ observation }) => qualityOf(observation)))),
    tokens: rows.map((row) => mean(row.map(({ tokens }) => totalOf(tokens)))),
    cost: hasCosts ? rows.map((row) => mean(row.map(({ cost }) => Number(cost ?? 0n)))) : undefined,
    totalMs: isAsked ? rows.map((row) => mean(row.map(({ observation }) => totalMsOf(observation)))) : undefined,
    costByRun: hasCosts
      ? Array.from({ length: runs }, (_, run) =>
          all
            .filter(({ observation }) => observation.run === run + 1)
            .reduce((sum, { cost }) => sum + Number(cost ?? 0n), 0),
        )
      : undefined,
  };
}

/**
 * An answer that nobody could judge is wrong where it is Larder's and right where it is another arm's, so that neither a
 * kill nor a failing judge can make a saving.
 * @source the worst case for outcomes that are missing, as in non-inferiority trials: ICH E9, 1998, 5.3
 */
function qualityOf(observation: Observation): number {
  if (observation.kind === "found") return observation.recall ?? 0;
  if (isUnjudged(observation)) return observation.arm === ourArm ? 0 : 1;
  return observation.quality;
}

const totalOf = (tokens: UsageTokens): number => inputTokensOf(tokens) + outputTokensOf(tokens);

/** Retrieval included. */
function totalMsOf(observation: Observation): number {
  return observation.retrievalMs + (observation.kind === "answered" ? observation.totalMs : 0);
}

/**
 * What was billed; for evidence that was only looked at, what it would take. A bill that nobody knows is Larder's at its
 * worst and another arm's at nothing, in tokens as in money, so that it can never make a saving. Where the model has no
 * price there is no cost at all.
 */
function toSpent(registration: RunRegistration, observation: Observation, pricing: Pricing | undefined): Spent {
  if (observation.kind === "answered") {
    const { tokens, cost, worstCost, errorCode, promptTokens, arm } = observation;
    const isOurs = arm === ourArm;
    const unknown = worstCost === undefined || isOurs ? worstCost : nanoUsd(0n);
    const isUnbilled = cost === undefined && errorCode !== undefined && totalOf(tokens) === 0;
    const worst = { ...noTokens, inputFresh: promptTokens, outputText: registration.outputTokensMax };
    return { observation, tokens: isOurs && isUnbilled ? worst : tokens, cost: cost ?? unknown };
  }
  const { evidenceTokens, promptTokens, arm } = observation;
  const cached = arm === "stuff_cached" ? evidenceTokens : 0;
  const tokens = {
    ...noTokens,
    inputFresh: promptTokens - cached,
    inputCacheRead: cached,
    outputText: registration.outputTokensMax,
  };
  const priced = pricing?.priceBook.price(pricing.provider, pricing.model, tokens);
  return { observation, tokens, cost: priced?.kind === "priced" ? priced.cost : undefined };
}

/** Both sides over the questions that both have. */
export function paired(a: Figures, b: Figures): readonly [Figures, Figures] {
  const shared = new Set(a.questions.map(({ id }) => id));
  const inBoth = new Set(b.questions.flatMap(({ id }) => (shared.has(id) ? [id] : [])));
  return [only(a, inBoth), only(b, inBoth)];
}

function only(figures: Figures, ids: ReadonlySet<string>): Figures {
  if (figures.questions.every(({ id }) => ids.has(id))) return figures;
  const keep = <T>(values: readonly T[]): readonly T[] =>
    values.filter((_, i) => ids.has(figures.questions[i]?.id ?? ""));
  return {
    ...figures,
    questions: keep(figures.questions),
    quality: keep(figures.quality),
    tokens: keep(figures.tokens),
    cost: figures.cost === undefined ? undefined : keep(figures.cost),
    totalMs: figures.totalMs === undefined ? undefined : keep(figures.totalMs),
    observations: figures.observations.filter(({ observation }) => ids.has(observation.question)),
  };
}
